-- Writes across units go through one function per transfer, which runs as the owner and checks the caller's scope.

-- The file of a person or vehicle moves to the unit that handles business on it now.
CREATE OR REPLACE FUNCTION take_person(record uuid, to_unit uuid, to_path text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF to_path COLLATE "C" < current_setting('app.lo', true) COLLATE "C"
     OR to_path COLLATE "C" >= current_setting('app.hi', true) COLLATE "C"
     OR coalesce(current_setting('app.lo', true), '') = '' THEN
    RAISE EXCEPTION 'unit % is outside the caller''s scope', to_path USING ERRCODE = '42501';
  END IF;
  UPDATE person SET unit_id = to_unit, unit_path = to_path, version = version + 1
   WHERE id = record AND unit_path <> to_path COLLATE "C";
END $$;

CREATE OR REPLACE FUNCTION take_vehicle(record uuid, to_unit uuid, to_path text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF to_path COLLATE "C" < current_setting('app.lo', true) COLLATE "C"
     OR to_path COLLATE "C" >= current_setting('app.hi', true) COLLATE "C"
     OR coalesce(current_setting('app.lo', true), '') = '' THEN
    RAISE EXCEPTION 'unit % is outside the caller''s scope', to_path USING ERRCODE = '42501';
  END IF;
  UPDATE vehicle SET unit_id = to_unit, unit_path = to_path, version = version + 1
   WHERE id = record AND unit_path <> to_path COLLATE "C";
  UPDATE vehicle_owner SET unit_id = to_unit, unit_path = to_path, version = version + 1
   WHERE vehicle_id = record AND unit_path <> to_path COLLATE "C";
END $$;

REVOKE ALL ON FUNCTION take_person(uuid, uuid, text), take_vehicle(uuid, uuid, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_person(uuid, uuid, text), take_vehicle(uuid, uuid, text) TO hengjian_app;
