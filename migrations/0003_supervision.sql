-- Numbers of suspect cases come from suspect_case_serial (0001).

-- The owner reads and changes cases and findings from within the function below only; row-level security is forced,
-- so that even the owner needs a policy.
CREATE POLICY transfer_read ON suspect_case FOR SELECT TO hengjian_owner USING (true);
CREATE POLICY transfer_change ON suspect_case FOR UPDATE TO hengjian_owner USING (true) WITH CHECK (true);
CREATE POLICY transfer_read ON finding FOR SELECT TO hengjian_owner USING (true);
CREATE POLICY transfer_change ON finding FOR UPDATE TO hengjian_owner USING (true) WITH CHECK (true);

-- A suspect case goes to another unit to be investigated, its findings with it. The caller must see the case; check
-- values of the new rows are made by the application, which alone has the key.
CREATE OR REPLACE FUNCTION assign_suspect_case(
  p_case uuid,
  p_version integer,
  p_state text,
  p_assigned_path text,
  p_assignee_id uuid,
  p_assignee_name text,
  p_timeline jsonb,
  p_audit uuid,
  p_check bytea,
  p_findings uuid[],
  p_finding_checks bytea[]
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  lo text := nullif(current_setting('app.lo', true), '');
  hi text := nullif(current_setting('app.hi', true), '');
  found_case suspect_case%ROWTYPE;
BEGIN
  SELECT * INTO found_case FROM suspect_case WHERE id = p_case FOR UPDATE;
  IF NOT FOUND OR lo IS NULL OR hi IS NULL OR NOT coalesce(
       (found_case.unit_path >= lo COLLATE "C" AND found_case.unit_path < hi COLLATE "C")
       OR (found_case.assigned_path >= lo COLLATE "C" AND found_case.assigned_path < hi COLLATE "C"), false) THEN
    RAISE EXCEPTION 'case % is outside the caller''s scope', p_case USING ERRCODE = '42501';
  END IF;
  IF found_case.version <> p_version - 1 THEN
    RAISE EXCEPTION 'case % was changed meanwhile', p_case USING ERRCODE = '40001';
  END IF;
  UPDATE suspect_case
     SET state = p_state, assigned_path = p_assigned_path, assignee_id = p_assignee_id,
         assignee_name = p_assignee_name, timeline = p_timeline, version = p_version,
         last_audit_id = p_audit, check_value = p_check
   WHERE id = p_case;
  UPDATE finding f
     SET assigned_path = p_assigned_path, version = f.version + 1, last_audit_id = p_audit, check_value = n.new_check
    FROM unnest(p_findings, p_finding_checks) AS n(finding_id, new_check)
   WHERE f.id = n.finding_id AND f.case_id = p_case;
END $$;

REVOKE ALL ON FUNCTION assign_suspect_case(uuid, integer, text, text, uuid, text, jsonb, uuid, bytea, uuid[], bytea[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION assign_suspect_case(uuid, integer, text, text, uuid, text, jsonb, uuid, bytea, uuid[], bytea[]) TO hengjian_app;
