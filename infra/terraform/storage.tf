# Values above 32 KiB. Never public, never changed once written; what retention deletes can be had back for a week.
resource "google_storage_bucket" "blobs" {
  name                        = "${var.project_id}-${local.prefix}-blobs"
  location                    = var.region
  storage_class               = "STANDARD"
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.deletion_protection

  # Objects are written once under a name of their own: versions of them would only be copies of what was deleted on purpose.
  versioning {
    enabled = false
  }

  soft_delete_policy {
    retention_duration_seconds = 604800
  }

  # Uploads that were never finished. Objects themselves go when retention deletes their execution; another storage class would cost more to
  # move them to than it saves, small as they are.
  lifecycle_rule {
    condition {
      age = 1
    }
    action {
      type = "AbortIncompleteMultipartUpload"
    }
  }

  depends_on = [google_project_service.apis]
}
