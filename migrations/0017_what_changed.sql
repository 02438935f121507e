CREATE TABLE "lake_change" (
	"id" uuid PRIMARY KEY NOT NULL,
	"fact" text NOT NULL,
	"month" text NOT NULL,
	"rows" integer NOT NULL,
	"times" jsonb NOT NULL,
	"xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE INDEX "lake_change_xid" ON "lake_change" USING btree ("xid");--> statement-breakpoint
ALTER TABLE "analysis_run" ADD COLUMN "extent" text DEFAULT 'chosen' NOT NULL;--> statement-breakpoint
ALTER TABLE "analysis_run" ADD COLUMN "plan" jsonb;--> statement-breakpoint
ALTER TABLE "analysis_run" ADD COLUMN "mark" text;--> statement-breakpoint
ALTER TABLE "analysis_run" ADD COLUMN "changes" jsonb;--> statement-breakpoint
UPDATE "analysis_run" SET "extent" = 'due' WHERE "trigger" <> 'manual';--> statement-breakpoint
ALTER TABLE "run_result" ADD COLUMN "period_from" date;--> statement-breakpoint
ALTER TABLE "run_result" ADD COLUMN "period_to" date;--> statement-breakpoint
UPDATE "run_result" r SET "period_from" = a."period_from", "period_to" = a."period_to" FROM "analysis_run" a WHERE a."id" = r."run_id";--> statement-breakpoint
ALTER TABLE "run_result" ALTER COLUMN "period_from" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "run_result" ALTER COLUMN "period_to" SET NOT NULL;--> statement-breakpoint
ALTER TABLE "run_result" DROP CONSTRAINT "run_result_run_id_code_pk";--> statement-breakpoint
ALTER TABLE "run_result" ADD CONSTRAINT "run_result_run_id_code_period_from_pk" PRIMARY KEY("run_id","code","period_from");--> statement-breakpoint
CREATE INDEX "analysis_run_marks" ON "analysis_run" USING btree ("unit_path","requested_at") WHERE extent = 'changed';--> statement-breakpoint
ALTER TABLE "back_test" ADD COLUMN "cancel_requested" boolean DEFAULT false NOT NULL;
