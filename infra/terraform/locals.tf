# Names and addresses that several files use. infra/topology.json says what there is.
locals {
  topology = jsondecode(file("${path.module}/../topology.json"))
  prefix   = local.topology.prefix
  labels   = { app = local.prefix, environment = var.environment }

  names = { for name in keys(local.topology.functions) : name => "${local.prefix}-${name}" }

  # Known before the services exist, because Cloud Run derives them from the project's number: so functions can name each other.
  urls = {
    for name, service in local.names :
    name => "https://${service}-${data.google_project.this.number}.${var.region}.run.app"
  }

  site       = coalesce(var.hosting_site, var.project_id)
  public_url = coalesce(var.public_url, "https://${local.site}.web.app")

  # Images exist once the first build has run; until then there is nothing to deploy.
  deployed = { for name, function in local.topology.functions : name => function if var.image_tag != "" }
  images   = "${var.region}-docker.pkg.dev/${var.project_id}/${google_artifact_registry_repository.images.repository_id}"
}

data "google_project" "this" {
  depends_on = [google_project_service.apis]
}
