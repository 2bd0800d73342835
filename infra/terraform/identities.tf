# Who may do what. One account per function and job, each with what it uses and no more; one account that Google's services call the functions as.
locals {
  branch_topics = [for name in keys(local.topology.queues) : name]

  # What only some need. Every function reads and writes documents and blobs, announces branches and sets wake-ups.
  access = {
    api          = { keys = "cryptoKeyEncrypterDecrypter", derives = true, schedules = true, accounts = true }
    webhook      = { keys = "cryptoKeyDecrypter" }
    worker       = { keys = "cryptoKeyDecrypter" }
    ai-worker    = { keys = "cryptoKeyDecrypter" }
    heavy-worker = { keys = "cryptoKeyDecrypter" }
    schedule     = { schedules = true }
    sweep        = {}
    dead-letter  = {}
    events       = { keys = "cryptoKeyDecrypter" }
    live         = { keys = "cryptoKeyEncrypterDecrypter", derives = true, schedules = true, accounts = true }
    setup        = { keys = "cryptoKeyEncrypterDecrypter", accounts = true }
  }

  # The functions, and the job that makes the owner with the same code.
  programs = toset(concat(keys(local.topology.functions), ["setup"]))

  members = { for name, account in google_service_account.program : name => "serviceAccount:${account.email}" }
  having  = { for right in ["keys", "derives", "schedules", "accounts"] : right => toset([for name, rights in local.access : name if try(rights[right], null) != null]) }

  publishes = { for pair in setproduct(local.programs, local.branch_topics) : "${pair[0]} ${pair[1]}" => { function = pair[0], topic = pair[1] } }
}

resource "google_service_account" "program" {
  for_each = local.programs

  account_id   = "${local.prefix}-${each.key}"
  display_name = "AutomateOS: ${each.key}"

  depends_on = [google_project_service.apis]
}

# Pub/Sub, Cloud Tasks and Cloud Scheduler present themselves as this account; functions let nobody else in.
resource "google_service_account" "invoker" {
  account_id   = "${local.prefix}-invoker"
  display_name = "AutomateOS: calls the functions"

  depends_on = [google_project_service.apis]
}

resource "google_project_iam_member" "documents" {
  for_each = local.programs

  project = var.project_id
  role    = "roles/datastore.user"
  member  = local.members[each.key]

  condition {
    title      = "this database"
    expression = "resource.name == 'projects/${var.project_id}/databases/${var.database}'"
  }
}

# Spans by OTLP, where they are switched on.
resource "google_project_iam_member" "traces" {
  for_each = local.programs

  project = var.project_id
  role    = "roles/telemetry.tracesWriter"
  member  = local.members[each.key]
}

resource "google_storage_bucket_iam_member" "blobs" {
  for_each = local.programs

  bucket = google_storage_bucket.blobs.name
  role   = "roles/storage.objectUser"
  member = local.members[each.key]
}

resource "google_pubsub_topic_iam_member" "announces" {
  for_each = local.publishes

  topic  = google_pubsub_topic.main[each.value.topic].name
  role   = "roles/pubsub.publisher"
  member = local.members[each.value.function]
}

resource "google_cloud_tasks_queue_iam_member" "sets_wakeups" {
  for_each = local.publishes

  name     = google_cloud_tasks_queue.pool[each.value.topic].name
  location = var.region
  role     = "roles/cloudtasks.enqueuer"
  member   = local.members[each.value.function]
}

# A task, or a job, that calls as the invoker can be made only by who may act as it.
resource "google_service_account_iam_member" "acts_as_invoker" {
  for_each = local.programs

  service_account_id = google_service_account.invoker.name
  role               = "roles/iam.serviceAccountUser"
  member             = local.members[each.key]
}

resource "google_kms_crypto_key_iam_member" "data_keys" {
  for_each = local.having.keys

  crypto_key_id = google_kms_crypto_key.data.id
  role          = "roles/cloudkms.${local.access[each.key].keys}"
  member        = local.members[each.key]
}

resource "google_kms_crypto_key_iam_member" "derives" {
  for_each = local.having.derives

  crypto_key_id = google_kms_crypto_key.mac.id
  role          = "roles/cloudkms.signer"
  member        = local.members[each.key]
}

# Whoever activates a workflow makes the jobs of its schedules; the tick puts right which there are.
resource "google_project_iam_custom_role" "schedules" {
  role_id     = "automateosSchedules"
  title       = "AutomateOS: jobs of schedules"
  description = "Makes, changes and deletes Cloud Scheduler jobs"
  permissions = [
    "cloudscheduler.jobs.create",
    "cloudscheduler.jobs.delete",
    "cloudscheduler.jobs.get",
    "cloudscheduler.jobs.list",
    "cloudscheduler.jobs.update",
  ]
}

resource "google_project_iam_member" "schedules" {
  for_each = local.having.schedules

  project = var.project_id
  role    = google_project_iam_custom_role.schedules.name
  member  = local.members[each.key]
}

# Accounts of Firebase Auth are made and read back, never listed, changed or deleted.
resource "google_project_iam_custom_role" "accounts" {
  role_id     = "automateosAccounts"
  title       = "AutomateOS: accounts"
  description = "Makes and reads accounts of Firebase Auth"
  permissions = [
    "firebaseauth.users.create",
    "firebaseauth.users.get",
  ]
}

resource "google_project_iam_member" "accounts" {
  for_each = local.having.accounts

  project = var.project_id
  role    = google_project_iam_custom_role.accounts.name
  member  = local.members[each.key]
}

resource "google_secret_manager_secret_iam_member" "owner_password" {
  secret_id = google_secret_manager_secret.owner_password.id
  role      = "roles/secretmanager.secretAccessor"
  member    = local.members["setup"]
}
