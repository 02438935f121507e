CREATE TABLE "setting_change" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"revision" integer NOT NULL,
	"enabled" boolean,
	"parameters" jsonb NOT NULL,
	"tighten_only" jsonb,
	"reason" text NOT NULL,
	"state" text NOT NULL,
	"proposed_by" uuid NOT NULL,
	"proposed_by_name" text NOT NULL,
	"proposed_path" text NOT NULL,
	"proposed_at" timestamp with time zone NOT NULL,
	"decided_by" uuid,
	"decided_by_name" text,
	"decided_at" timestamp with time zone,
	"opinion" text,
	"version" integer NOT NULL,
	"check_value" "bytea",
	"last_audit_id" uuid
);
--> statement-breakpoint
CREATE TABLE "suppression" (
	"id" uuid PRIMARY KEY NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"code" text NOT NULL,
	"title" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_key" text NOT NULL,
	"subject_label" text NOT NULL,
	"finding_id" uuid NOT NULL,
	"until" date NOT NULL,
	"reason" text NOT NULL,
	"suppressed_by" uuid NOT NULL,
	"suppressed_by_name" text NOT NULL,
	"suppressed_at" timestamp with time zone NOT NULL,
	"lifted_by" uuid,
	"lifted_by_name" text,
	"lifted_at" timestamp with time zone,
	"lifted_reason" text,
	"version" integer NOT NULL,
	"check_value" "bytea",
	"last_audit_id" uuid
);
--> statement-breakpoint
ALTER TABLE "indicator_setting" ADD COLUMN "tighten_only" jsonb;--> statement-breakpoint
ALTER TABLE "indicator_setting" ADD COLUMN "approved_by" uuid;--> statement-breakpoint
ALTER TABLE "indicator_setting" ADD COLUMN "approved_by_name" text;--> statement-breakpoint
CREATE UNIQUE INDEX "setting_change_open" ON "setting_change" USING btree ("unit_path","code") WHERE state = 'proposed';--> statement-breakpoint
CREATE INDEX "setting_change_proposed" ON "setting_change" USING btree ("proposed_at","id");--> statement-breakpoint
CREATE INDEX "suppression_standing" ON "suppression" USING btree ("code","subject_key") WHERE lifted_at IS NULL;--> statement-breakpoint
CREATE INDEX "suppression_until" ON "suppression" USING btree ("until","id");--> statement-breakpoint
CREATE INDEX "suppression_time" ON "suppression" USING btree ("suppressed_at","id");--> statement-breakpoint
CREATE INDEX "indicator_setting_changed" ON "indicator_setting" USING btree ("code","changed_at","id");