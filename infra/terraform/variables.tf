# What differs between installations. dev.tfvars and prod.tfvars are two sets; only project_id and image_tag have no place in them.

variable "project_id" {
  description = "Id of the Google Cloud project that everything is made in."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "A project id has 6 to 30 lower-case letters, digits and dashes, and begins with a letter."
  }
  validation {
    condition     = !startswith(var.project_id, "demo-")
    error_message = "Ids that begin with demo- are for emulators: functions let anybody in there."
  }
}

variable "environment" {
  description = "Label of everything made here, and part of what alerts are called."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{0,20}$", var.environment))
    error_message = "An environment is a short word in lower case, such as dev or prod."
  }
}

variable "region" {
  description = "Region of the functions, queues, jobs, keys, bucket and images."
  type        = string
  default     = "europe-west1"

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "A region is called like europe-west1."
  }
}

variable "firestore_location" {
  description = "Location of the database: a region, or a multi-region (eur3, nam5, nam7) at about twice the price per operation. Cannot be changed later. Default: the region."
  type        = string
  default     = null
}

variable "database" {
  description = "Name of the Firestore database. Firestore's free quota is the default database's alone."
  type        = string
  default     = "(default)"
}

variable "point_in_time_recovery" {
  description = "Keep every version of every document for 7 days, so that the database can be read or restored as of any minute."
  type        = bool
  default     = true
}

variable "daily_backups_days" {
  description = "Days that a daily backup of the database is kept; 0 makes none."
  type        = number
  default     = 7

  validation {
    condition     = var.daily_backups_days >= 0 && var.daily_backups_days <= 98
    error_message = "Backups are kept between 0 and 98 days (14 weeks)."
  }
}

variable "deletion_protection" {
  description = "Refuse to delete the database, functions and the bucket's content, whoever asks."
  type        = bool
  default     = true
}

variable "image_tag" {
  description = "Tag of the container images to run, the commit they were built from. Empty on the very first apply, which makes everything that images are built with."
  type        = string
  default     = ""
}

variable "instances" {
  description = "Instances per function that differ from infra/topology.json: min keeps that many warm (and paid for), max bounds the bill."
  type = map(object({
    min = optional(number, 0)
    max = optional(number)
  }))
  default = {}

  validation {
    condition     = alltrue([for name in keys(var.instances) : contains(keys(jsondecode(file("${path.module}/../topology.json")).functions), name)])
    error_message = "Every key is a function of infra/topology.json."
  }
}

variable "owner_email" {
  description = "Address of the first account. Its password is made by Terraform and lies in Secret Manager."
  type        = string

  validation {
    condition     = can(regex("^[^@\\s]+@[^@\\s]+$", var.owner_email))
    error_message = "The owner's address is an e-mail address."
  }
}

variable "public_url" {
  description = "Where people and callbacks reach the installation, without a slash at the end. Default: the Hosting site's own address."
  type        = string
  default     = null

  validation {
    condition     = var.public_url == null || can(regex("^https://[^/]+$", var.public_url))
    error_message = "A public URL is https:// and a host, with no slash at the end."
  }
}

variable "hosting_site" {
  description = "Id of the Firebase Hosting site, unique in the world: SITE.web.app. Default: the project's id."
  type        = string
  default     = null
}

variable "settings" {
  description = "Further variables of the functions (AUTOMATEOS_LOG_LEVEL, AUTOMATEOS_RETENTION_DAYS, ...), as .env.example lists them."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.settings) : can(regex("^AUTOMATEOS_[A-Z_]+$", name))])
    error_message = "Settings are variables that begin with AUTOMATEOS_."
  }
}

variable "trace_endpoint" {
  description = "Where spans are sent (OTLP over HTTP). Google's own takes the functions' identities; empty = no traces."
  type        = string
  default     = "https://telemetry.googleapis.com/v1/traces"

  validation {
    condition     = var.trace_endpoint == "" || can(regex("^https://", var.trace_endpoint))
    error_message = "The endpoint is https:// and a path, or empty."
  }
}

variable "trace_share" {
  description = "Share of requests that are traced, 0 to 1."
  type        = number
  default     = 0.05

  validation {
    condition     = var.trace_share >= 0 && var.trace_share <= 1
    error_message = "The share is between 0 and 1."
  }
}

variable "kms_protection_level" {
  description = "SOFTWARE, or HSM for keys that never leave a hardware module, at about 17 times the price."
  type        = string
  default     = "SOFTWARE"

  validation {
    condition     = contains(["SOFTWARE", "HSM"], var.kms_protection_level)
    error_message = "SOFTWARE or HSM."
  }
}

variable "alert_emails" {
  description = "Who is written to when an alert goes off or the budget is reached."
  type        = list(string)
  default     = []
}

variable "billing_account" {
  description = "Billing account of the project (XXXXXX-XXXXXX-XXXXXX), for the budget; none is made when empty."
  type        = string
  default     = ""

  validation {
    condition     = var.billing_account == "" || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "A billing account is called like 01ABCD-234567-89EF01."
  }
}

variable "monthly_budget" {
  description = "What the project may cost a month; mails go out at half, at nine tenths and at all of it. It stops nothing."
  type        = object({ units = number, currency = string })
  default     = { units = 50, currency = "USD" }
}

variable "build_repository" {
  description = "Repository that a push to `branch` builds and deploys from (a second-generation Cloud Build repository's full name), and where its tests get Google's emulators from (docs/guides/deploy.md); no trigger when null."
  type        = object({ name = string, branch = string, emulator_packages = string, emulator_packages_key = string })
  default     = null
}
