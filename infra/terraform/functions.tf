# The functions as Cloud Run services, one image each (docs/adr/0008-functions-as-cloud-run-services.md says why not the Cloud Functions API:
# it cannot hold traffic back from a new revision). Traffic belongs to infra/deploy/main.ts: Terraform makes revisions and leaves it alone.
locals {
  # A worker hands its branch back a minute before the platform would cut it off; a task waits as long as that.
  work_ms = (min([for pool in values(local.topology.queues) : local.topology.functions[pool].timeoutSeconds]...) - 60) * 1000

  environment = merge({
    GOOGLE_CLOUD_PROJECT          = var.project_id
    AUTOMATEOS_REGION             = var.region
    AUTOMATEOS_DATABASE           = var.database
    AUTOMATEOS_FIRESTORE_LOCATION = coalesce(var.firestore_location, var.region)
    AUTOMATEOS_VERSION            = var.image_tag
    AUTOMATEOS_PREFIX             = local.prefix
    AUTOMATEOS_PUBLIC_URL         = local.public_url
    AUTOMATEOS_BUCKET             = google_storage_bucket.blobs.name
    AUTOMATEOS_KMS_KEY            = google_kms_crypto_key.data.id
    AUTOMATEOS_KMS_MAC_KEY        = "${google_kms_crypto_key.mac.id}/cryptoKeyVersions/1"
    AUTOMATEOS_FIREBASE_API_KEY   = google_apikeys_key.accounts.key_string
    AUTOMATEOS_WORKER_URL         = local.urls["worker"]
    AUTOMATEOS_AI_WORKER_URL      = local.urls["ai-worker"]
    AUTOMATEOS_HEAVY_WORKER_URL   = local.urls["heavy-worker"]
    AUTOMATEOS_SCHEDULE_URL       = local.urls["schedule"]
    AUTOMATEOS_LIVE_URL           = local.urls["live"]
    AUTOMATEOS_INVOKER            = google_service_account.invoker.email
    AUTOMATEOS_OWNER_EMAIL        = var.owner_email
    AUTOMATEOS_WORK_MS            = tostring(local.work_ms)
    }, var.trace_endpoint == "" ? {} : {
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT = var.trace_endpoint
    OTEL_TRACES_SAMPLER_ARG            = tostring(var.trace_share)
  }, var.settings)
}

resource "google_cloud_run_v2_service" "function" {
  for_each = local.deployed

  name                = local.names[each.key]
  location            = var.region
  deletion_protection = var.deletion_protection

  # What Google's services call is reached by them alone; IAM and the function itself ask for the invoker's token besides.
  ingress          = each.value.public ? "INGRESS_TRAFFIC_ALL" : "INGRESS_TRAFFIC_INTERNAL_ONLY"
  custom_audiences = [local.urls[each.key]]

  template {
    service_account                  = google_service_account.program[each.key].email
    timeout                          = "${each.value.timeoutSeconds}s"
    max_instance_request_concurrency = each.value.concurrency
    execution_environment            = "EXECUTION_ENVIRONMENT_GEN2"

    scaling {
      min_instance_count = try(var.instances[each.key].min, 0)
      max_instance_count = coalesce(try(var.instances[each.key].max, null), each.value.maxInstances)
    }

    containers {
      image = "${local.images}/${each.key}:${var.image_tag}"

      resources {
        limits = {
          cpu    = tostring(each.value.cpu)
          memory = "${each.value.memoryMiB}Mi"
        }
        # Paid for while a request is worked on, and given twice the processor while it starts.
        cpu_idle          = true
        startup_cpu_boost = true
      }

      ports {
        container_port = 8080
      }

      startup_probe {
        period_seconds    = 1
        failure_threshold = 30
        timeout_seconds   = 1

        tcp_socket {
          port = 8080
        }
      }

      dynamic "env" {
        for_each = merge(local.environment, {
          AUTOMATEOS_SELF_URL    = local.urls[each.key]
          AUTOMATEOS_CONCURRENCY = tostring(each.value.concurrency)
        })
        content {
          name  = env.key
          value = env.value
        }
      }
    }
  }

  lifecycle {
    # The revision's name comes back with every reading and would make a new one for nothing (terraform-provider-google issue 13410).
    ignore_changes = [traffic, template[0].revision, client, client_version]
  }

  depends_on = [
    google_project_iam_member.documents,
    google_storage_bucket_iam_member.blobs,
    google_kms_crypto_key_iam_member.data_keys,
    google_kms_crypto_key_iam_member.derives,
  ]
}

resource "google_cloud_run_v2_service_iam_member" "public" {
  for_each = { for name, function in local.deployed : name => function if function.public }

  name     = google_cloud_run_v2_service.function[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  member   = "allUsers"
}

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = { for name, function in local.deployed : name => function if !function.public }

  name     = google_cloud_run_v2_service.function[each.key].name
  location = var.region
  role     = "roles/run.invoker"
  member   = "serviceAccount:${google_service_account.invoker.email}"
}
