# What the next command needs: docs/guides/deploy.md refers to these by name.
output "public_url" {
  description = "Where the console, the API and webhooks are reached."
  value       = local.public_url
}

output "owner_password_command" {
  description = "Prints the first account's password."
  value       = "gcloud secrets versions access latest --secret=${google_secret_manager_secret.owner_password.secret_id} --project=${var.project_id}"
}

output "function_urls" {
  description = "Address of each function, known before it is deployed."
  value       = local.urls
}

output "images" {
  description = "Where images are pushed to: IMAGES/FUNCTION:TAG."
  value       = local.images
}

output "build_service_account" {
  description = "Account that cloudbuild.yaml runs as."
  value       = google_service_account.build.id
}

output "invoker" {
  description = "The only account that private functions let in."
  value       = google_service_account.invoker.email
}

output "blobs_bucket" {
  description = "Bucket of values above 32 KiB."
  value       = google_storage_bucket.blobs.name
}

output "hosting_site" {
  description = "Firebase Hosting site that `firebase deploy --only hosting` writes to."
  value       = google_firebase_hosting_site.console.site_id
}
