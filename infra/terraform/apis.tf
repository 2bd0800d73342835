# What the project must be able to do. Nothing is switched off again when this installation goes: others may use it.
locals {
  apis = [
    "apikeys", "artifactregistry", "billingbudgets", "cloudbuild", "cloudkms", "cloudresourcemanager", "cloudscheduler", "cloudtasks",
    "cloudtrace", "containerscanning", "firebase", "firebasehosting", "firebaserules", "firestore", "iam", "iamcredentials",
    "identitytoolkit", "logging", "monitoring", "pubsub", "run", "secretmanager", "serviceusage", "storage", "telemetry",
  ]
}

resource "google_project_service" "apis" {
  for_each = toset(local.apis)

  service            = "${each.key}.googleapis.com"
  disable_on_destroy = false
}

# Google's own account for Pub/Sub exists only once it is asked for, and gets rights in pubsub.tf.
resource "google_project_service_identity" "pubsub" {
  provider = google-beta

  project = var.project_id
  service = "pubsub.googleapis.com"

  depends_on = [google_project_service.apis]
}
