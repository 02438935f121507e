ALTER TABLE "indicator_setting" ADD COLUMN "evidence" jsonb;--> statement-breakpoint
ALTER TABLE "push_threshold" ADD COLUMN "approved_by_name" text;--> statement-breakpoint
ALTER TABLE "setting_change" ADD COLUMN "evidence" jsonb;--> statement-breakpoint
ALTER TABLE "setting_change" ADD COLUMN "about" text;--> statement-breakpoint
ALTER TABLE "setting_change" ADD COLUMN "push_from" double precision;--> statement-breakpoint
ALTER TABLE "setting_change" ADD COLUMN "push_to" double precision;