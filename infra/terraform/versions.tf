# Terraform and providers. The arguments of google resources are checked offline against version 6.50 (tools/checking/check-terraform.ts).
terraform {
  required_version = ">= 1.11.0"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
    # Firebase and service identities exist in the beta provider alone.
    google-beta = {
      source  = "hashicorp/google-beta"
      version = "~> 6.50"
    }
    random = {
      source  = "hashicorp/random"
      version = "~> 3.7"
    }
  }

  # The state lives in a bucket of its own, made once by hand because Terraform cannot keep its state in what it has yet to make:
  #   gcloud storage buckets create gs://PROJECT-terraform --location=REGION --uniform-bucket-level-access --public-access-prevention
  #   gcloud storage buckets update gs://PROJECT-terraform --versioning
  #   terraform init -backend-config=bucket=PROJECT-terraform -backend-config=prefix=automateos
  backend "gcs" {}
}

provider "google" {
  project = var.project_id
  region  = var.region

  # Some APIs (Identity Toolkit, API keys, budgets) want to know whose quota they use when a person applies.
  user_project_override = true
  billing_project       = var.project_id

  default_labels = local.labels
}

provider "google-beta" {
  project = var.project_id
  region  = var.region

  user_project_override = true
  billing_project       = var.project_id

  default_labels = local.labels
}
