# Firebase: Hosting for the console (and, by its rewrites, the one address of API and webhooks) and Auth for the accounts of people.
resource "google_firebase_project" "this" {
  provider = google-beta

  project = var.project_id

  depends_on = [google_project_service.apis]
}

resource "google_firebase_web_app" "console" {
  provider = google-beta

  project         = var.project_id
  display_name    = "AutomateOS console (${var.environment})"
  deletion_policy = "DELETE"

  depends_on = [google_firebase_project.this]
}

resource "google_firebase_hosting_site" "console" {
  provider = google-beta

  project = var.project_id
  site_id = local.site
  app_id  = google_firebase_web_app.console.app_id
}

# Passwords only, and no sign-up but through the API, which asks for an invitation.
resource "google_identity_platform_config" "auth" {
  project = var.project_id

  autodelete_anonymous_users = true
  authorized_domains         = distinct(["${local.site}.web.app", "${local.site}.firebaseapp.com", trimprefix(local.public_url, "https://")])

  sign_in {
    allow_duplicate_emails = false

    email {
      enabled           = true
      password_required = true
    }
  }

  client {
    permissions {
      disabled_user_signup   = true
      disabled_user_deletion = true
    }
  }

  depends_on = [google_firebase_project.this]
}

# The key with which the API asks Firebase Auth to check passwords. No secret, yet good for nothing else.
resource "google_apikeys_key" "accounts" {
  name         = "${local.prefix}-accounts"
  display_name = "AutomateOS: sign-in"
  project      = var.project_id

  restrictions {
    api_targets {
      service = "identitytoolkit.googleapis.com"
    }
  }

  depends_on = [google_project_service.apis]
}
