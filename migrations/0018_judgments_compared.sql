CREATE TABLE "finding_change" (
	"id" uuid PRIMARY KEY NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"run_id" uuid NOT NULL,
	"code" text NOT NULL,
	"kind" text NOT NULL,
	"finding_id" uuid NOT NULL,
	"previous_id" uuid,
	"worsened_case_id" uuid,
	"causes" jsonb NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "run_result" ADD COLUMN "judged_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "run_result" ADD COLUMN "trial" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "run_result" ADD COLUMN "basis" jsonb;--> statement-breakpoint
ALTER TABLE "run_result" ADD COLUMN "comparison" jsonb;--> statement-breakpoint
ALTER TABLE "suspect_case" ADD COLUMN "worsened_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "finding_change_run" ON "finding_change" USING btree ("run_id","id");--> statement-breakpoint
CREATE INDEX "finding_change_finding" ON "finding_change" USING btree ("finding_id");--> statement-breakpoint
CREATE INDEX "finding_change_worsened" ON "finding_change" USING btree ("worsened_case_id") WHERE worsened_case_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX "run_result_judged" ON "run_result" USING btree ("code","judged_at") WHERE basis IS NOT NULL;--> statement-breakpoint
CREATE INDEX "suspect_case_worsened" ON "suspect_case" USING btree ("worsened_at") WHERE worsened_at IS NOT NULL;
--> statement-breakpoint
CREATE SEQUENCE "analysis_ticket";
