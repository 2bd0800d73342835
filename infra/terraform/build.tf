# The account that cloudbuild.yaml runs as, and the trigger. It administers what Terraform makes and nothing else: it is neither owner nor
# editor, and of all roles it may grant only those that stand in this folder.
locals {
  build_member = "serviceAccount:${google_service_account.build.email}"

  build_roles = [
    "roles/artifactregistry.admin",
    "roles/cloudkms.admin",
    "roles/cloudscheduler.admin",
    "roles/cloudtasks.admin",
    "roles/datastore.owner",
    "roles/firebase.admin",
    "roles/firebaserules.admin",
    "roles/iam.roleAdmin",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.serviceAccountUser",
    "roles/identityplatform.admin",
    "roles/logging.configWriter",
    "roles/logging.logWriter",
    "roles/logging.viewer",
    "roles/monitoring.admin",
    "roles/pubsub.admin",
    "roles/run.admin",
    "roles/secretmanager.admin",
    "roles/serviceusage.apiKeysAdmin",
    "roles/serviceusage.serviceUsageAdmin",
    "roles/storage.admin",
  ]

  # Roles that this folder grants on the project; everything else is granted on single resources.
  granted_roles = [
    "roles/datastore.user",
    "roles/telemetry.tracesWriter",
    google_project_iam_custom_role.schedules.name,
    google_project_iam_custom_role.accounts.name,
  ]
}

resource "google_service_account" "build" {
  account_id   = "${local.prefix}-build"
  display_name = "AutomateOS: builds and deploys"

  depends_on = [google_project_service.apis]
}

resource "google_project_iam_member" "build" {
  for_each = toset(local.build_roles)

  project = var.project_id
  role    = each.key
  member  = local.build_member
}

resource "google_project_iam_member" "build_grants" {
  project = var.project_id
  role    = "roles/resourcemanager.projectIamAdmin"
  member  = local.build_member

  condition {
    title      = "only roles of AutomateOS"
    expression = "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(${jsonencode(local.granted_roles)})"
  }
}

resource "google_cloudbuild_trigger" "release" {
  count = var.build_repository == null ? 0 : 1

  name            = "${local.prefix}-release"
  location        = var.region
  description     = "Checks, tests, builds and deploys what was merged"
  service_account = google_service_account.build.id
  filename        = "cloudbuild.yaml"

  repository_event_config {
    repository = var.build_repository.name

    push {
      branch = var.build_repository.branch
    }
  }

  substitutions = {
    _DEPLOY                = "true"
    _ENVIRONMENT           = var.environment
    _REGION                = var.region
    _OWNER_EMAIL           = var.owner_email
    _SITE                  = local.site
    _PUBLIC_URL            = local.public_url
    _EMULATOR_PACKAGES     = var.build_repository.emulator_packages
    _EMULATOR_PACKAGES_KEY = var.build_repository.emulator_packages_key
  }

  # A person looks at production first.
  approval_config {
    approval_required = var.environment == "prod"
  }
}

# What builds leave behind: the list of what is in each release (SBOM).
resource "google_storage_bucket" "builds" {
  name                        = "${var.project_id}-${local.prefix}-builds"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.deletion_protection

  lifecycle_rule {
    condition {
      age = 400
    }
    action {
      type = "Delete"
    }
  }

  depends_on = [google_project_service.apis]
}
