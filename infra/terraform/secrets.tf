# The first account's password. Made in memory and written to Secret Manager: neither the state nor a plan ever holds it.
ephemeral "random_password" "owner" {
  length  = 24
  special = false
}

resource "google_secret_manager_secret" "owner_password" {
  secret_id = "${local.prefix}-owner-password"

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  depends_on = [google_project_service.apis]
}

resource "google_secret_manager_secret_version" "owner_password" {
  secret = google_secret_manager_secret.owner_password.id

  # Written when the number changes, and at no other apply.
  secret_data_wo         = ephemeral.random_password.owner.result
  secret_data_wo_version = 1
}
