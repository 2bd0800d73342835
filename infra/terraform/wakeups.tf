# Cloud Tasks wakes waiting branches on time; Cloud Scheduler drives the sweep, the shared tick of schedules and retention.
resource "google_cloud_tasks_queue" "pool" {
  for_each = local.topology.queues

  name     = "${local.prefix}-${each.key}"
  location = var.region

  # No faster than the pool's workers may take them: what is beyond waits in the queue.
  rate_limits {
    max_dispatches_per_second = 500
    max_concurrent_dispatches = min(5000, local.topology.functions[each.value].concurrency * local.topology.functions[each.value].maxInstances)
  }

  # A wake-up that fails 12 times and for an hour is left to the sweep, which finds whatever is due.
  retry_config {
    max_attempts       = 12
    max_retry_duration = "3600s"
    min_backoff        = "1s"
    max_backoff        = "300s"
    max_doublings      = 8
  }

  stackdriver_logging_config {
    sampling_ratio = 0.01
  }

  depends_on = [google_project_service.apis]
}

resource "google_cloud_scheduler_job" "round" {
  for_each = local.topology.jobs

  name             = "${local.prefix}-${each.key}"
  region           = var.region
  schedule         = each.value.cron
  time_zone        = "Etc/UTC"
  attempt_deadline = "${local.topology.functions[each.value.function].timeoutSeconds}s"

  # The next minute is the retry of what runs each minute; what runs each hour gets three.
  retry_config {
    retry_count          = each.value.cron == "* * * * *" ? 0 : 3
    min_backoff_duration = "30s"
    max_backoff_duration = "600s"
  }

  http_target {
    http_method = "POST"
    uri         = "${local.urls[each.value.function]}${each.value.path}"
    headers     = { "Content-Type" = "application/json" }
    body        = base64encode("{}")

    oidc_token {
      service_account_email = google_service_account.invoker.email
      audience              = local.urls[each.value.function]
    }
  }

  # Nobody is there to answer before the first deployment.
  paused = var.image_tag == ""

  depends_on = [google_project_service.apis]
}
