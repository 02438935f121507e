ALTER TABLE "file" ADD COLUMN "discarded_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "file" ADD COLUMN "scan" text DEFAULT 'off' NOT NULL;--> statement-breakpoint
ALTER TABLE "file" ADD COLUMN "scanned_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "file" ADD COLUMN "threat" text;--> statement-breakpoint
ALTER TABLE "file" ADD COLUMN "thumbnail" text DEFAULT 'none' NOT NULL;--> statement-breakpoint
ALTER TABLE "file" ADD COLUMN "thumbnail_digest" "bytea";--> statement-breakpoint
ALTER TABLE "file" ADD COLUMN "thumbnail_fault" text;--> statement-breakpoint
CREATE INDEX "file_stored" ON "file" USING btree ("stored_at");--> statement-breakpoint
CREATE INDEX "file_scan" ON "file" USING btree ("scan") WHERE scan = 'unscanned';