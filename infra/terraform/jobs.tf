# What the pipeline runs before traffic moves to a new revision: the migration of stored documents and the set-up (the owner, the first time).
# One task each and no retry: both go on where they stood when they are started again.
resource "google_service_account" "migrate" {
  account_id   = "${local.prefix}-migrate"
  display_name = "AutomateOS: migrate"

  depends_on = [google_project_service.apis]
}

resource "google_project_iam_member" "migrate_documents" {
  project = var.project_id
  role    = "roles/datastore.user"
  member  = "serviceAccount:${google_service_account.migrate.email}"

  condition {
    title      = "this database"
    expression = "resource.name == 'projects/${var.project_id}/databases/${var.database}'"
  }
}

locals {
  jobs = {
    migrate = {
      account     = google_service_account.migrate.email
      timeout     = "86400s"
      environment = { GOOGLE_CLOUD_PROJECT = var.project_id, AUTOMATEOS_DATABASE = var.database }
      secrets     = {}
    }
    setup = {
      account     = google_service_account.program["setup"].email
      timeout     = "600s"
      environment = merge(local.environment, { AUTOMATEOS_SELF_URL = local.urls["api"] })
      secrets     = { AUTOMATEOS_OWNER_PASSWORD = google_secret_manager_secret.owner_password.secret_id }
    }
  }
}

resource "google_cloud_run_v2_job" "job" {
  for_each = { for name, job in local.jobs : name => job if var.image_tag != "" }

  name                = "${local.prefix}-${each.key}"
  location            = var.region
  deletion_protection = var.deletion_protection

  template {
    task_count = 1

    template {
      service_account       = each.value.account
      timeout               = each.value.timeout
      max_retries           = 0
      execution_environment = "EXECUTION_ENVIRONMENT_GEN2"

      containers {
        image = "${local.images}/${each.key}:${var.image_tag}"

        resources {
          limits = {
            cpu    = "1"
            memory = "512Mi"
          }
        }

        dynamic "env" {
          for_each = each.value.environment
          content {
            name  = env.key
            value = env.value
          }
        }

        dynamic "env" {
          for_each = each.value.secrets
          content {
            name = env.key
            value_source {
              secret_key_ref {
                secret  = env.value
                version = google_secret_manager_secret_version.owner_password.version
              }
            }
          }
        }
      }
    }
  }

  lifecycle {
    ignore_changes = [client, client_version]
  }

  depends_on = [
    google_project_iam_member.documents,
    google_project_iam_member.migrate_documents,
    google_secret_manager_secret_iam_member.owner_password,
  ]
}
