CREATE TABLE "audit_checkpoint" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"hash" "bytea" NOT NULL,
	"signature" "bytea" NOT NULL,
	"entries" integer NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_entry" (
	"id" uuid PRIMARY KEY NOT NULL,
	"xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" uuid,
	"actor_name" text,
	"actor_unit_path" text,
	"session_id" text,
	"client_address" text,
	"request_id" text,
	"action" text NOT NULL,
	"object_kind" text,
	"object_id" text,
	"before" jsonb,
	"after" jsonb,
	"result" text NOT NULL,
	"reason" text,
	"check_value" "bytea" NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_seal" (
	"sequence" bigint PRIMARY KEY NOT NULL,
	"audit_id" uuid NOT NULL,
	"xid" "xid8" NOT NULL,
	"hash" "bytea" NOT NULL,
	"sound" boolean DEFAULT true NOT NULL,
	"sealed_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "audit_seal_entry" UNIQUE("audit_id")
);
--> statement-breakpoint
CREATE TABLE "file" (
	"digest" "bytea" PRIMARY KEY NOT NULL,
	"bytes" bigint NOT NULL,
	"media_type" text NOT NULL,
	"stored_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "job_progress" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"state" text NOT NULL,
	"done" bigint DEFAULT 0 NOT NULL,
	"total" bigint,
	"message" text,
	"started_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "lake_file" (
	"id" uuid PRIMARY KEY NOT NULL,
	"path" text NOT NULL,
	"fact" text NOT NULL,
	"month" text NOT NULL,
	"rows" integer NOT NULL,
	"bytes" bigint NOT NULL,
	"digest" "bytea" NOT NULL,
	"columns" text NOT NULL,
	"min_at" timestamp with time zone NOT NULL,
	"max_at" timestamp with time zone NOT NULL,
	"max_version" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"retired_at" timestamp with time zone,
	CONSTRAINT "lake_file_path" UNIQUE("path")
);
--> statement-breakpoint
CREATE TABLE "consumed" (
	"event_id" uuid NOT NULL,
	"consumer" text NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "consumed_event_id_consumer_pk" PRIMARY KEY("event_id","consumer")
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"event_id" uuid NOT NULL,
	"xid" "xid8" DEFAULT pg_current_xact_id() NOT NULL,
	"kind" text NOT NULL,
	"payload" jsonb NOT NULL,
	"at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox_cursor" (
	"follower" text PRIMARY KEY NOT NULL,
	"xid" "xid8" NOT NULL,
	"seq" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_verification" (
	"id" uuid PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"requested_by_name" text NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"finished_at" timestamp with time zone,
	"checked" integer DEFAULT 0 NOT NULL,
	"rows_checked" integer DEFAULT 0 NOT NULL,
	"faults" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"altered_rows" jsonb DEFAULT '[]'::jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "calendar_day" (
	"day" date PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"notice_number" text NOT NULL,
	"changed_by_id" uuid NOT NULL,
	"changed_by_name" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "dictionary" (
	"code" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"source" text NOT NULL,
	"changed_by_id" uuid,
	"changed_by_name" text,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "dictionary_entry" (
	"dictionary_code" text NOT NULL,
	"version" integer NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"enabled" boolean NOT NULL,
	"parent_code" text,
	"position" integer NOT NULL,
	CONSTRAINT "dictionary_entry_dictionary_code_version_code_pk" PRIMARY KEY("dictionary_code","version","code")
);
--> statement-breakpoint
CREATE TABLE "parameter_value" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer NOT NULL,
	"value" text,
	"reason" text NOT NULL,
	"changed_by_id" uuid NOT NULL,
	"changed_by_name" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"check_value" "bytea" NOT NULL,
	"last_audit_id" uuid NOT NULL,
	CONSTRAINT "parameter_value_version" UNIQUE("code","unit_path","version")
);
--> statement-breakpoint
CREATE TABLE "import_run" (
	"id" uuid PRIMARY KEY NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"created_by" uuid NOT NULL,
	"scope" text NOT NULL,
	"fact" text NOT NULL,
	"mapping_name" text NOT NULL,
	"mapping" jsonb NOT NULL,
	"file_name" text NOT NULL,
	"file_digest" text NOT NULL,
	"file_bytes" bigint NOT NULL,
	"state" text NOT NULL,
	"position" bigint DEFAULT 0 NOT NULL,
	"bytes_read" bigint DEFAULT 0 NOT NULL,
	"inserted" bigint DEFAULT 0 NOT NULL,
	"skipped" bigint DEFAULT 0 NOT NULL,
	"rejected" bigint DEFAULT 0 NOT NULL,
	"reject_bytes" bigint DEFAULT 0 NOT NULL,
	"reject_file" text,
	"message" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"finished_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "agent_quota" (
	"agent_id" uuid PRIMARY KEY NOT NULL,
	"day_limit" integer,
	"month_limit" integer
);
--> statement-breakpoint
CREATE TABLE "amendment" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"transaction_id" uuid NOT NULL,
	"field" text NOT NULL,
	"before_enc" "bytea",
	"after_enc" "bytea",
	"before_region" text,
	"after_region" text,
	"at" timestamp with time zone NOT NULL,
	"operator_id" uuid,
	"reason" text,
	"check_value" "bytea",
	"last_audit_id" uuid,
	CONSTRAINT "amendment_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "clock_offset" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"system" text NOT NULL,
	"site_id" uuid NOT NULL,
	"subject" text,
	"minutes" double precision NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "clock_offset_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "correction" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"target_kind" text NOT NULL,
	"target" uuid NOT NULL,
	"field" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"operator_id" uuid,
	CONSTRAINT "correction_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "examination" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"candidate_id" uuid,
	"subject" text NOT NULL,
	"licence_class" text,
	"site_id" uuid,
	"examiner_id" uuid,
	"school_id" uuid,
	"device_id" text,
	"car_id" text,
	"attempt" integer,
	"make_up" boolean,
	"full_mark" boolean,
	"score" double precision,
	"passed" boolean,
	"local" boolean,
	"working_time" boolean,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	CONSTRAINT "examination_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "examination_item" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"examination_id" uuid NOT NULL,
	"item" text NOT NULL,
	"deduction" double precision,
	"misjudged" boolean,
	"device_id" text,
	CONSTRAINT "examination_item_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "external_check" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"transaction_id" uuid NOT NULL,
	"person_id" uuid,
	"kind" text NOT NULL,
	"outcome" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"duration_ms" integer,
	CONSTRAINT "external_check_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "inspection" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"institution_id" uuid,
	"line" text,
	"vehicle_id" uuid,
	"owner" text,
	"model" text,
	"origin_region" text,
	"attempt" integer,
	"passed" boolean,
	"vehicle_age_years" integer,
	"accident" boolean,
	"key_vehicle" boolean,
	"submitted_at" timestamp with time zone,
	"audited_at" timestamp with time zone,
	"auditor_id" uuid,
	"first_audit_passed" boolean,
	CONSTRAINT "inspection_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "inspection_item" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"inspection_id" uuid NOT NULL,
	"institution_id" uuid,
	"item" text NOT NULL,
	"passed" boolean,
	CONSTRAINT "inspection_item_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "investigation" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"transaction_id" uuid NOT NULL,
	"case_id" uuid,
	"opened_at" timestamp with time zone NOT NULL,
	CONSTRAINT "investigation_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "licence" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"person_id" uuid NOT NULL,
	"file_number" text,
	"classes" text,
	"state" text,
	"first_issued_at" date,
	"valid_until" date,
	"issued_region" text,
	"points" integer,
	CONSTRAINT "licence_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "non_compliant_product" (
	"id" uuid PRIMARY KEY NOT NULL,
	"model" text NOT NULL,
	"notice" text,
	"valid_from" date,
	CONSTRAINT "non_compliant_product_model" UNIQUE("model")
);
--> statement-breakpoint
CREATE TABLE "number_selection" (
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
	"number" text,
	"selected_at" timestamp with time zone NOT NULL,
	"withdrawn_at" timestamp with time zone,
	"original_number" boolean DEFAULT false NOT NULL,
	"former_vehicle_id" uuid,
	"ground" text,
	CONSTRAINT "number_selection_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "person" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"kind" text NOT NULL,
	"name_enc" "bytea",
	"name_digest" "bytea",
	"id_number_enc" "bytea",
	"id_digest" "bytea",
	"mobile_enc" "bytea",
	"mobile_digest" "bytea",
	"address_enc" "bytea",
	"address_digest" "bytea",
	"id_region" text,
	"address_region" text,
	"birth_year" integer,
	CONSTRAINT "person_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "person_change" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"person_id" uuid NOT NULL,
	"transaction_id" uuid,
	"field" text NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"operator_id" uuid,
	CONSTRAINT "person_change_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "transaction" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"serial" text NOT NULL,
	"subject_kind" text NOT NULL,
	"business_kind" text NOT NULL,
	"reason" text,
	"state" text NOT NULL,
	"channel" text NOT NULL,
	"vehicle_id" uuid,
	"person_id" uuid,
	"organisation_id" uuid,
	"agent_id" uuid,
	"institution_id" uuid,
	"kiosk_id" uuid,
	"handler_id" uuid,
	"accepted_at" timestamp with time zone NOT NULL,
	"completed_at" timestamp with time zone,
	"due_at" timestamp with time zone,
	"local" boolean,
	"working_time" boolean,
	"licence_class" text,
	"issuing_country" text,
	"origin_region" text,
	"permit_number_valid" boolean,
	"client_address" text,
	"check_value" "bytea",
	"last_audit_id" uuid,
	CONSTRAINT "transaction_source" UNIQUE("source","source_key"),
	CONSTRAINT "transaction_serial" UNIQUE("serial")
);
--> statement-breakpoint
CREATE TABLE "transaction_change" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"transaction_id" uuid NOT NULL,
	"field" text NOT NULL,
	"before" text,
	"after" text,
	"after_enc" "bytea",
	CONSTRAINT "transaction_change_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "transaction_step" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"transaction_id" uuid NOT NULL,
	"ordinal" integer NOT NULL,
	"step" text NOT NULL,
	"state" text NOT NULL,
	"operator_id" uuid,
	"opened_at" timestamp with time zone NOT NULL,
	"done_at" timestamp with time zone,
	"opinion" text,
	"client_address" text,
	"check_value" "bytea",
	"last_audit_id" uuid,
	CONSTRAINT "transaction_step_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "vehicle" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"plate_kind" text,
	"plate" text,
	"vin" text,
	"vehicle_type" text,
	"use_nature" text,
	"brand" text,
	"model" text,
	"colour" text,
	"first_registered_at" date,
	"scrap_due_at" date,
	"status" text,
	"accident" boolean,
	"key_vehicle" boolean,
	"origin_region" text,
	CONSTRAINT "vehicle_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "vehicle_owner" (
	"id" uuid PRIMARY KEY NOT NULL,
	"source" text NOT NULL,
	"source_key" text NOT NULL,
	"occurred_at" timestamp with time zone NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT now() NOT NULL,
	"vehicle_id" uuid NOT NULL,
	"person_id" uuid,
	"organisation_id" uuid,
	"co_owner" boolean DEFAULT false NOT NULL,
	"from" timestamp with time zone NOT NULL,
	"to" timestamp with time zone,
	CONSTRAINT "vehicle_owner_source" UNIQUE("source","source_key")
);
--> statement-breakpoint
CREATE TABLE "role" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"role_class" text NOT NULL,
	"built_in" boolean NOT NULL,
	"check_value" "bytea" NOT NULL,
	"last_audit_id" uuid NOT NULL,
	CONSTRAINT "role_code" UNIQUE("code"),
	CONSTRAINT "role_class_unique" UNIQUE("id","role_class"),
	CONSTRAINT "role_role_class" CHECK ("role"."role_class" IN ('business', 'system', 'security', 'audit'))
);
--> statement-breakpoint
CREATE TABLE "role_permission" (
	"id" uuid PRIMARY KEY NOT NULL,
	"role_id" uuid NOT NULL,
	"role_class" text NOT NULL,
	"permission" text NOT NULL,
	"check_value" "bytea" NOT NULL,
	"last_audit_id" uuid NOT NULL,
	CONSTRAINT "role_permission_once" UNIQUE("role_id","permission"),
	CONSTRAINT "role_permission_audit" CHECK ("role_permission"."permission" NOT LIKE 'administration.audit.%' OR "role_permission"."role_class" = 'audit')
);
--> statement-breakpoint
CREATE TABLE "session" (
	"id" uuid PRIMARY KEY NOT NULL,
	"token_hash" "bytea" NOT NULL,
	"user_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"client_address" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"last_seen_at" timestamp with time zone NOT NULL,
	"stepped_up_at" timestamp with time zone,
	CONSTRAINT "session_token" UNIQUE("token_hash")
);
--> statement-breakpoint
CREATE TABLE "unit" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"name" text NOT NULL,
	"level" text NOT NULL,
	"parent_id" uuid,
	"unit_path" text COLLATE "C" NOT NULL,
	"local_regions" text[] DEFAULT '{}' NOT NULL,
	"state" text DEFAULT 'active' NOT NULL,
	"valid_from" date,
	"valid_until" date,
	CONSTRAINT "unit_code" UNIQUE("code"),
	CONSTRAINT "unit_path_unique" UNIQUE("unit_path")
);
--> statement-breakpoint
CREATE TABLE "user_account" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_name" text NOT NULL,
	"name_enc" "bytea" NOT NULL,
	"name_digest" "bytea" NOT NULL,
	"staff_number" text,
	"id_number_enc" "bytea",
	"id_digest" "bytea",
	"mobile_enc" "bytea",
	"mobile_digest" "bytea",
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"role_class" text DEFAULT 'business' NOT NULL,
	"scope" text DEFAULT 'unit' NOT NULL,
	"state" text DEFAULT 'active' NOT NULL,
	"valid_from" date,
	"valid_until" date,
	"permitted_addresses" text[] DEFAULT '{}' NOT NULL,
	"permitted_hours" jsonb,
	"one_session_only" boolean DEFAULT false NOT NULL,
	"password_hash" text NOT NULL,
	"password_history" text[] DEFAULT '{}' NOT NULL,
	"password_changed_at" timestamp with time zone NOT NULL,
	"must_change" boolean DEFAULT true NOT NULL,
	"failed_count" integer DEFAULT 0 NOT NULL,
	"failed_since" timestamp with time zone,
	"locked_until" timestamp with time zone,
	"totp_secret_enc" "bytea",
	"totp_pending_enc" "bytea",
	"totp_last_step" bigint,
	"last_signed_in_at" timestamp with time zone,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	CONSTRAINT "user_account_class" UNIQUE("id","role_class"),
	CONSTRAINT "user_account_role_class" CHECK ("user_account"."role_class" IN ('business', 'system', 'security', 'audit')),
	CONSTRAINT "user_account_scope" CHECK ("user_account"."scope" IN ('own', 'unit', 'unit_and_below', 'all'))
);
--> statement-breakpoint
CREATE TABLE "user_role" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"role_id" uuid NOT NULL,
	"role_class" text NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"check_value" "bytea" NOT NULL,
	"last_audit_id" uuid NOT NULL,
	CONSTRAINT "user_role_once" UNIQUE("user_id","role_id")
);
--> statement-breakpoint
CREATE TABLE "notification" (
	"id" uuid PRIMARY KEY NOT NULL,
	"recipient_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"title" text NOT NULL,
	"link" text,
	"at" timestamp with time zone NOT NULL,
	"read_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "agent" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name_enc" "bytea" NOT NULL,
	"name_digest" "bytea" NOT NULL,
	"company" text,
	"unit_path" text COLLATE "C" NOT NULL,
	"state" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "institution" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"code" text,
	"name" text NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"region" text,
	"state" text NOT NULL,
	"source" text NOT NULL,
	CONSTRAINT "institution_source_name" UNIQUE("source","kind","name")
);
--> statement-breakpoint
CREATE TABLE "staff_member" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name_enc" "bytea" NOT NULL,
	"name_digest" "bytea" NOT NULL,
	"staff_number" text,
	"unit_path" text COLLATE "C" NOT NULL,
	"institution_id" uuid,
	"post" text
);
--> statement-breakpoint
CREATE TABLE "analysis_run" (
	"id" uuid PRIMARY KEY NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"codes" jsonb NOT NULL,
	"overrides" jsonb NOT NULL,
	"period_from" date NOT NULL,
	"period_to" date NOT NULL,
	"state" text NOT NULL,
	"trigger" text NOT NULL,
	"requested_by" uuid NOT NULL,
	"requested_by_name" text NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"done" integer NOT NULL,
	"findings" integer NOT NULL,
	"cancel_requested" boolean NOT NULL,
	"message" text
);
--> statement-breakpoint
CREATE TABLE "authorisation" (
	"id" uuid PRIMARY KEY NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"transaction_id" uuid NOT NULL,
	"serial" text NOT NULL,
	"business_kind" text NOT NULL,
	"handler_id" uuid NOT NULL,
	"handler_name" text NOT NULL,
	"state" text NOT NULL,
	"hits" jsonb NOT NULL,
	"requested_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"decided_at" timestamp with time zone,
	"decided_by" uuid,
	"decided_by_name" text,
	"reason" text,
	"version" integer NOT NULL,
	"check_value" "bytea",
	"last_audit_id" uuid
);
--> statement-breakpoint
CREATE TABLE "finding" (
	"id" uuid PRIMARY KEY NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"assigned_path" text COLLATE "C",
	"run_id" uuid NOT NULL,
	"code" text NOT NULL,
	"indicator_version" integer NOT NULL,
	"title" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_key" text NOT NULL,
	"subject_label" text NOT NULL,
	"group_key" text NOT NULL,
	"variant" text NOT NULL,
	"drilldown" jsonb NOT NULL,
	"period" text NOT NULL,
	"period_from" date NOT NULL,
	"period_to" date NOT NULL,
	"measured" double precision,
	"base" double precision,
	"deviation" double precision,
	"threshold" double precision,
	"comparison" text NOT NULL,
	"unit" text NOT NULL,
	"sample" double precision,
	"small_sample" boolean NOT NULL,
	"sentence" text NOT NULL,
	"explanation" jsonb NOT NULL,
	"state" text NOT NULL,
	"suppressed_until" date,
	"suppressed_reason" text,
	"case_id" uuid,
	"found_at" timestamp with time zone NOT NULL,
	"version" integer NOT NULL,
	"check_value" "bytea",
	"last_audit_id" uuid
);
--> statement-breakpoint
CREATE TABLE "indicator_setting" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"revision" integer NOT NULL,
	"enabled" boolean,
	"parameters" jsonb NOT NULL,
	"reason" text NOT NULL,
	"changed_by" uuid NOT NULL,
	"changed_by_name" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL,
	"superseded_at" timestamp with time zone,
	"check_value" "bytea",
	"last_audit_id" uuid,
	CONSTRAINT "indicator_setting_revision" UNIQUE("code","unit_path","revision")
);
--> statement-breakpoint
CREATE TABLE "indicator_version" (
	"id" uuid PRIMARY KEY NOT NULL,
	"code" text NOT NULL,
	"number" integer NOT NULL,
	"definition" jsonb NOT NULL,
	"fingerprint" text NOT NULL,
	"published_at" timestamp with time zone NOT NULL,
	"check_value" "bytea",
	"last_audit_id" uuid,
	CONSTRAINT "indicator_version_number" UNIQUE("code","number")
);
--> statement-breakpoint
CREATE TABLE "run_result" (
	"run_id" uuid NOT NULL,
	"code" text NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"outcome" text NOT NULL,
	"groups" integer NOT NULL,
	"findings" integer NOT NULL,
	"small_sample" integer NOT NULL,
	"cannot_judge" integer NOT NULL,
	"missing" jsonb NOT NULL,
	"message" text,
	"milliseconds" integer NOT NULL,
	CONSTRAINT "run_result_run_id_code_pk" PRIMARY KEY("run_id","code")
);
--> statement-breakpoint
CREATE TABLE "suspect_case" (
	"id" uuid PRIMARY KEY NOT NULL,
	"number" text NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"assigned_path" text COLLATE "C",
	"state" text NOT NULL,
	"outcome" text,
	"title" text NOT NULL,
	"code" text,
	"born_from" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_key" text NOT NULL,
	"subject_label" text NOT NULL,
	"transaction_id" uuid,
	"description" text,
	"assignee_id" uuid,
	"assignee_name" text,
	"result" text,
	"measures" text,
	"responsible" jsonb NOT NULL,
	"investigator_id" uuid,
	"investigator_name" text,
	"reviewer_id" uuid,
	"reviewer_name" text,
	"review_opinion" text,
	"findings" integer NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"reminded_at" timestamp with time zone,
	"escalated_at" timestamp with time zone,
	"opened_by" uuid NOT NULL,
	"opened_by_name" text NOT NULL,
	"opened_at" timestamp with time zone NOT NULL,
	"closed_at" timestamp with time zone,
	"timeline" jsonb NOT NULL,
	"version" integer NOT NULL,
	"check_value" "bytea",
	"last_audit_id" uuid,
	CONSTRAINT "suspect_case_number" UNIQUE("number")
);
--> statement-breakpoint
CREATE TABLE "warning" (
	"id" uuid PRIMARY KEY NOT NULL,
	"unit_id" uuid NOT NULL,
	"unit_path" text COLLATE "C" NOT NULL,
	"transaction_id" uuid NOT NULL,
	"serial" text NOT NULL,
	"business_kind" text NOT NULL,
	"event" text NOT NULL,
	"code" text NOT NULL,
	"version" integer NOT NULL,
	"title" text NOT NULL,
	"subject_key" text NOT NULL,
	"effect" text NOT NULL,
	"state" text NOT NULL,
	"handler_id" uuid NOT NULL,
	"handler_name" text NOT NULL,
	"authorisation_id" uuid,
	"explanation" jsonb NOT NULL,
	"shown_at" timestamp with time zone NOT NULL,
	"acknowledged_at" timestamp with time zone,
	CONSTRAINT "warning_hit" UNIQUE("transaction_id","code","version","subject_key")
);
--> statement-breakpoint
ALTER TABLE "dictionary_entry" ADD CONSTRAINT "dictionary_entry_dictionary_code_dictionary_code_fk" FOREIGN KEY ("dictionary_code") REFERENCES "public"."dictionary"("code") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "role_permission" ADD CONSTRAINT "role_permission_role_fk" FOREIGN KEY ("role_id","role_class") REFERENCES "public"."role"("id","role_class") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_user_account_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user_account"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "unit" ADD CONSTRAINT "unit_parent_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."unit"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_account" ADD CONSTRAINT "user_account_unit_id_unit_id_fk" FOREIGN KEY ("unit_id") REFERENCES "public"."unit"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_role" ADD CONSTRAINT "user_role_user_fk" FOREIGN KEY ("user_id","role_class") REFERENCES "public"."user_account"("id","role_class") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_role" ADD CONSTRAINT "user_role_role_fk" FOREIGN KEY ("role_id","role_class") REFERENCES "public"."role"("id","role_class") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_member" ADD CONSTRAINT "staff_member_institution_id_institution_id_fk" FOREIGN KEY ("institution_id") REFERENCES "public"."institution"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_entry_xid" ON "audit_entry" USING btree ("xid","id");--> statement-breakpoint
CREATE INDEX "audit_entry_at" ON "audit_entry" USING btree ("at","id");--> statement-breakpoint
CREATE INDEX "audit_entry_object" ON "audit_entry" USING btree ("object_kind","object_id","at");--> statement-breakpoint
CREATE INDEX "audit_entry_actor" ON "audit_entry" USING btree ("actor_id","at");--> statement-breakpoint
CREATE INDEX "job_progress_updated" ON "job_progress" USING btree ("updated_at");--> statement-breakpoint
CREATE INDEX "job_progress_name" ON "job_progress" USING btree ("name","updated_at");--> statement-breakpoint
CREATE INDEX "lake_file_fact" ON "lake_file" USING btree ("fact","month");--> statement-breakpoint
CREATE INDEX "outbox_xid" ON "outbox" USING btree ("xid","seq");--> statement-breakpoint
CREATE INDEX "audit_verification_started" ON "audit_verification" USING btree ("started_at","id");--> statement-breakpoint
CREATE INDEX "parameter_value_changed" ON "parameter_value" USING btree ("code","changed_at","id");--> statement-breakpoint
CREATE INDEX "import_run_unit" ON "import_run" USING btree ("unit_path","created_at");--> statement-breakpoint
CREATE INDEX "import_run_file" ON "import_run" USING btree ("file_digest","fact");--> statement-breakpoint
CREATE INDEX "amendment_transaction" ON "amendment" USING btree ("transaction_id","at");--> statement-breakpoint
CREATE INDEX "clock_offset_site" ON "clock_offset" USING btree ("site_id","at");--> statement-breakpoint
CREATE INDEX "correction_target" ON "correction" USING btree ("target","at");--> statement-breakpoint
CREATE INDEX "examination_unit_time" ON "examination" USING btree ("unit_path","occurred_at");--> statement-breakpoint
CREATE INDEX "examination_site" ON "examination" USING btree ("site_id","subject","occurred_at");--> statement-breakpoint
CREATE INDEX "examination_candidate" ON "examination" USING btree ("candidate_id","occurred_at");--> statement-breakpoint
CREATE INDEX "examination_item_examination" ON "examination_item" USING btree ("examination_id");--> statement-breakpoint
CREATE INDEX "external_check_transaction" ON "external_check" USING btree ("transaction_id","at");--> statement-breakpoint
CREATE INDEX "inspection_unit_time" ON "inspection" USING btree ("unit_path","occurred_at");--> statement-breakpoint
CREATE INDEX "inspection_institution" ON "inspection" USING btree ("institution_id","occurred_at");--> statement-breakpoint
CREATE INDEX "inspection_vehicle" ON "inspection" USING btree ("vehicle_id","occurred_at");--> statement-breakpoint
CREATE INDEX "inspection_item_inspection" ON "inspection_item" USING btree ("inspection_id");--> statement-breakpoint
CREATE INDEX "investigation_transaction" ON "investigation" USING btree ("transaction_id");--> statement-breakpoint
CREATE INDEX "licence_person" ON "licence" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "number_selection_vehicle" ON "number_selection" USING btree ("vehicle_id","selected_at");--> statement-breakpoint
CREATE INDEX "number_selection_transaction" ON "number_selection" USING btree ("transaction_id");--> statement-breakpoint
CREATE INDEX "person_id_digest" ON "person" USING btree ("id_digest");--> statement-breakpoint
CREATE INDEX "person_mobile_digest" ON "person" USING btree ("mobile_digest");--> statement-breakpoint
CREATE INDEX "person_unit_path" ON "person" USING btree ("unit_path");--> statement-breakpoint
CREATE INDEX "person_change_person" ON "person_change" USING btree ("person_id","at");--> statement-breakpoint
CREATE INDEX "transaction_vehicle" ON "transaction" USING btree ("vehicle_id","accepted_at");--> statement-breakpoint
CREATE INDEX "transaction_person" ON "transaction" USING btree ("person_id","accepted_at");--> statement-breakpoint
CREATE INDEX "transaction_organisation" ON "transaction" USING btree ("organisation_id","accepted_at");--> statement-breakpoint
CREATE INDEX "transaction_agent" ON "transaction" USING btree ("agent_id","accepted_at");--> statement-breakpoint
CREATE INDEX "transaction_unit_time" ON "transaction" USING btree ("unit_path","accepted_at");--> statement-breakpoint
CREATE INDEX "transaction_unit_state" ON "transaction" USING btree ("unit_path","state","accepted_at");--> statement-breakpoint
CREATE INDEX "transaction_handler" ON "transaction" USING btree ("handler_id","accepted_at");--> statement-breakpoint
CREATE INDEX "transaction_change_transaction" ON "transaction_change" USING btree ("transaction_id");--> statement-breakpoint
CREATE INDEX "transaction_step_transaction" ON "transaction_step" USING btree ("transaction_id","ordinal");--> statement-breakpoint
CREATE INDEX "vehicle_plate" ON "vehicle" USING btree ("plate");--> statement-breakpoint
CREATE INDEX "vehicle_vin" ON "vehicle" USING btree ("vin");--> statement-breakpoint
CREATE INDEX "vehicle_model" ON "vehicle" USING btree ("model");--> statement-breakpoint
CREATE INDEX "vehicle_unit_path" ON "vehicle" USING btree ("unit_path");--> statement-breakpoint
CREATE INDEX "vehicle_owner_person" ON "vehicle_owner" USING btree ("person_id","from");--> statement-breakpoint
CREATE INDEX "vehicle_owner_organisation" ON "vehicle_owner" USING btree ("organisation_id","from");--> statement-breakpoint
CREATE INDEX "vehicle_owner_vehicle" ON "vehicle_owner" USING btree ("vehicle_id","from");--> statement-breakpoint
CREATE INDEX "role_permission_permission" ON "role_permission" USING btree ("permission");--> statement-breakpoint
CREATE INDEX "session_user" ON "session" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "unit_parent" ON "unit" USING btree ("parent_id");--> statement-breakpoint
CREATE UNIQUE INDEX "user_account_user_name" ON "user_account" USING btree (lower("user_name"));--> statement-breakpoint
CREATE INDEX "user_account_unit_path" ON "user_account" USING btree ("unit_path");--> statement-breakpoint
CREATE INDEX "user_account_id_digest" ON "user_account" USING btree ("id_digest");--> statement-breakpoint
CREATE INDEX "user_role_role" ON "user_role" USING btree ("role_id");--> statement-breakpoint
CREATE INDEX "notification_recipient" ON "notification" USING btree ("recipient_id","at","id");--> statement-breakpoint
CREATE INDEX "notification_unread" ON "notification" USING btree ("recipient_id") WHERE read_at IS NULL;--> statement-breakpoint
CREATE INDEX "agent_unit_path" ON "agent" USING btree ("unit_path");--> statement-breakpoint
CREATE INDEX "agent_name" ON "agent" USING btree ("name_digest");--> statement-breakpoint
CREATE INDEX "institution_unit_path" ON "institution" USING btree ("unit_path","kind");--> statement-breakpoint
CREATE INDEX "staff_member_unit_path" ON "staff_member" USING btree ("unit_path");--> statement-breakpoint
CREATE INDEX "staff_member_institution" ON "staff_member" USING btree ("institution_id");--> statement-breakpoint
CREATE INDEX "staff_member_number" ON "staff_member" USING btree ("staff_number");--> statement-breakpoint
CREATE INDEX "analysis_run_unit_time" ON "analysis_run" USING btree ("unit_path","requested_at");--> statement-breakpoint
CREATE UNIQUE INDEX "analysis_run_scheduled" ON "analysis_run" USING btree ("trigger","unit_path","period_from","period_to") WHERE trigger <> 'manual';--> statement-breakpoint
CREATE INDEX "authorisation_transaction" ON "authorisation" USING btree ("transaction_id");--> statement-breakpoint
CREATE INDEX "authorisation_waiting" ON "authorisation" USING btree ("unit_path","requested_at") WHERE state = 'requested';--> statement-breakpoint
CREATE INDEX "authorisation_unit_time" ON "authorisation" USING btree ("unit_path","requested_at");--> statement-breakpoint
CREATE INDEX "authorisation_handler" ON "authorisation" USING btree ("handler_id","requested_at");--> statement-breakpoint
CREATE UNIQUE INDEX "finding_current" ON "finding" USING btree ("code","variant","group_key","period","unit_path") WHERE state <> 'superseded';--> statement-breakpoint
CREATE INDEX "finding_unit_time" ON "finding" USING btree ("unit_path","found_at");--> statement-breakpoint
CREATE INDEX "finding_code" ON "finding" USING btree ("code","period_from");--> statement-breakpoint
CREATE INDEX "finding_subject" ON "finding" USING btree ("subject_key","found_at");--> statement-breakpoint
CREATE INDEX "finding_run" ON "finding" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "finding_case" ON "finding" USING btree ("case_id");--> statement-breakpoint
CREATE UNIQUE INDEX "indicator_setting_current" ON "indicator_setting" USING btree ("unit_path","code") WHERE superseded_at IS NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "suspect_case_open" ON "suspect_case" USING btree ("subject_key","unit_path") WHERE state <> 'closed';--> statement-breakpoint
CREATE INDEX "suspect_case_unit_time" ON "suspect_case" USING btree ("unit_path","opened_at");--> statement-breakpoint
CREATE INDEX "suspect_case_assigned" ON "suspect_case" USING btree ("assigned_path","state");--> statement-breakpoint
CREATE INDEX "suspect_case_due" ON "suspect_case" USING btree ("due_at") WHERE state <> 'closed';--> statement-breakpoint
CREATE INDEX "warning_unit_time" ON "warning" USING btree ("unit_path","shown_at");--> statement-breakpoint
CREATE INDEX "warning_handler" ON "warning" USING btree ("handler_id","shown_at");--> statement-breakpoint
CREATE INDEX "warning_subject" ON "warning" USING btree ("subject_key","shown_at");