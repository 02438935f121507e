CREATE TABLE "back_test" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"number" integer NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"period_from" date NOT NULL,
	"period_to" date NOT NULL,
	"state" text NOT NULL,
	"requested_by" uuid NOT NULL,
	"requested_by_name" text NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"message" text,
	"result" jsonb
);
--> statement-breakpoint
CREATE TABLE "composed_indicator" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"title" text NOT NULL,
	"published" integer,
	"switched_on" boolean NOT NULL,
	"newest" integer NOT NULL,
	"created_by" uuid NOT NULL,
	"created_by_name" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"version" integer NOT NULL,
	"check_value" "bytea",
	"last_audit_id" uuid,
	CONSTRAINT "composed_indicator_code_unique" UNIQUE("code")
);
--> statement-breakpoint
CREATE TABLE "composed_version" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"number" integer NOT NULL,
	"composition" jsonb NOT NULL,
	"definition" jsonb NOT NULL,
	"state" text NOT NULL,
	"proposed_by" uuid NOT NULL,
	"proposed_by_name" text NOT NULL,
	"proposed_path" text NOT NULL,
	"saved_at" timestamp with time zone NOT NULL,
	"submitted_at" timestamp with time zone,
	"reason" text,
	"decided_by" uuid,
	"decided_by_name" text,
	"decided_at" timestamp with time zone,
	"opinion" text,
	"version" integer NOT NULL,
	"check_value" "bytea",
	"last_audit_id" uuid,
	CONSTRAINT "composed_version_number" UNIQUE("code","number")
);
--> statement-breakpoint
CREATE INDEX "back_test_code" ON "back_test" USING btree ("code","requested_at");--> statement-breakpoint
CREATE INDEX "composed_version_waiting" ON "composed_version" USING btree ("submitted_at") WHERE state = 'submitted';