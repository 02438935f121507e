CREATE TABLE "case_push" (
	"case_id" uuid PRIMARY KEY NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"finding_id" uuid NOT NULL,
	"threshold" double precision NOT NULL,
	"state" text NOT NULL,
	"attempts" integer NOT NULL,
	"last_error" text,
	"receipt" text,
	"queued_at" timestamp with time zone NOT NULL,
	"delivered_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "push_threshold" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"value" double precision,
	"reason" text NOT NULL,
	"changed_by_name" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"version" integer NOT NULL,
	"check_value" "bytea",
	"last_audit_id" uuid,
	CONSTRAINT "push_threshold_unit" UNIQUE("unit_path","code")
);
--> statement-breakpoint
CREATE INDEX "case_push_queued" ON "case_push" USING btree ("queued_at","case_id");