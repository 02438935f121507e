CREATE TABLE "full_mark_study" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"transaction_id" uuid,
	"person_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"elsewhere" boolean,
	CONSTRAINT "full_mark_study_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "licence_transfer" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"transaction_id" uuid,
	"person_id" uuid NOT NULL,
	"direction" text NOT NULL,
	"at" timestamp with time zone,
	"id_changed" boolean DEFAULT false NOT NULL,
	"combined_replacement" boolean DEFAULT false NOT NULL,
	"downloaded_at" timestamp with time zone,
	"clearing_required" boolean DEFAULT false NOT NULL,
	"cleared_at" timestamp with time zone,
	"checked_at" timestamp with time zone,
	CONSTRAINT "licence_transfer_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "medical_report" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"transaction_id" uuid,
	"person_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"elsewhere" boolean,
	CONSTRAINT "medical_report_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "points_change" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"person_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"delta" integer NOT NULL,
	"cause" text,
	CONSTRAINT "points_change_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "temporary_plate" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"transaction_id" uuid,
	"vehicle_id" uuid NOT NULL,
	"person_id" uuid,
	"organisation_id" uuid,
	"cross_district" boolean NOT NULL,
	"issued_at" timestamp with time zone NOT NULL,
	CONSTRAINT "temporary_plate_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "validation" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"transaction_id" uuid,
	"person_id" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"elsewhere" boolean,
	CONSTRAINT "validation_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE INDEX "full_mark_study_person" ON "full_mark_study" USING btree ("person_id","at");--> statement-breakpoint
CREATE INDEX "licence_transfer_person" ON "licence_transfer" USING btree ("person_id","at");--> statement-breakpoint
CREATE INDEX "medical_report_person" ON "medical_report" USING btree ("person_id","at");--> statement-breakpoint
CREATE INDEX "points_change_person" ON "points_change" USING btree ("person_id","at");--> statement-breakpoint
CREATE INDEX "temporary_plate_vehicle" ON "temporary_plate" USING btree ("vehicle_id","issued_at");--> statement-breakpoint
CREATE INDEX "validation_person" ON "validation" USING btree ("person_id","at");