CREATE INDEX "transaction_accepted" ON "transaction" USING btree ("accepted_at","id");--> statement-breakpoint
CREATE INDEX "transaction_due" ON "transaction" USING btree (coalesce("due_at", 'infinity'),"id");--> statement-breakpoint
CREATE INDEX "authorisation_requested" ON "authorisation" USING btree ("requested_at","id");--> statement-breakpoint
CREATE INDEX "finding_found" ON "finding" USING btree ("found_at","id");--> statement-breakpoint
CREATE INDEX "finding_period" ON "finding" USING btree ("period_from","id");--> statement-breakpoint
CREATE INDEX "finding_measured" ON "finding" USING btree (coalesce("measured", '-infinity'),"id");--> statement-breakpoint
CREATE INDEX "suspect_case_opened" ON "suspect_case" USING btree ("opened_at","id");--> statement-breakpoint
CREATE INDEX "suspect_case_all_due" ON "suspect_case" USING btree ("due_at","id");--> statement-breakpoint
CREATE INDEX "suspect_case_subject" ON "suspect_case" USING btree ("subject_key","opened_at");--> statement-breakpoint
CREATE INDEX "warning_shown" ON "warning" USING btree ("shown_at","id");--> statement-breakpoint
CREATE INDEX "warning_code" ON "warning" USING btree ("code","id");