# Two keys that nothing can be opened without: one wraps the data keys of credentials, the other derives keys for purposes (cursors, links).
resource "google_kms_key_ring" "main" {
  name     = local.prefix
  location = var.region

  depends_on = [google_project_service.apis]
}

resource "google_kms_crypto_key" "data" {
  name     = "data-keys"
  key_ring = google_kms_key_ring.main.id
  purpose  = "ENCRYPT_DECRYPT"

  # 90 days. Older versions still open what they sealed.
  rotation_period            = "7776000s"
  destroy_scheduled_duration = "2592000s"

  version_template {
    algorithm        = "GOOGLE_SYMMETRIC_ENCRYPTION"
    protection_level = var.kms_protection_level
  }

  lifecycle {
    prevent_destroy = true
  }
}

# No rotation: derived keys hang on its first version.
resource "google_kms_crypto_key" "mac" {
  name     = "derived-keys"
  key_ring = google_kms_key_ring.main.id
  purpose  = "MAC"

  destroy_scheduled_duration = "2592000s"

  version_template {
    algorithm        = "HMAC_SHA256"
    protection_level = var.kms_protection_level
  }

  lifecycle {
    prevent_destroy = true
  }
}
