CREATE INDEX "examination_occurred" ON "examination" USING btree ("occurred_at","id");--> statement-breakpoint
CREATE INDEX "inspection_occurred" ON "inspection" USING btree ("occurred_at","id");