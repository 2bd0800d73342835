# Log-based metrics of the events that functions write (functions/src/app/telemetry/log-events.ts): no agent and no exporter is needed.
locals {
  event_filter = "resource.type=\"cloud_run_revision\" AND jsonPayload.event="

  counters = {
    execution-started    = { labels = ["trigger"], says = "Executions that exist durably" }
    execution-finished   = { labels = ["status"], says = "Executions that reached a terminal status" }
    dead-letter          = { labels = ["reason"], says = "Dead letters written" }
    branch-taken-over    = { labels = [], says = "Branches whose last worker was gone" }
    hint-failed          = { labels = [], says = "Announcements that were not handed over" }
    commit-unanswered    = { labels = [], says = "Commits that Firestore gave no answer to" }
    schedule-not-started = { labels = [], says = "Schedules that could not start their execution" }
  }

  distributions = {
    sweep-done         = { field = "announced", labels = [], unit = "1", says = "Branches that one round of the sweep rescued" }
    cold-start         = { field = "initMs", labels = ["function"], unit = "ms", says = "From the start of a process to its first request" }
    execution-duration = { field = "durationMs", labels = ["status"], unit = "ms", says = "From the start of an execution to its end", event = "execution-finished" }
  }
}

resource "google_logging_metric" "counter" {
  for_each = local.counters

  name        = "${local.prefix}/${each.key}"
  description = each.value.says
  filter      = "${local.event_filter}\"${each.key}\""

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    unit        = "1"

    dynamic "labels" {
      for_each = each.value.labels
      content {
        key        = labels.value
        value_type = "STRING"
      }
    }
  }

  label_extractors = { for label in each.value.labels : label => "EXTRACT(jsonPayload.${label})" }

  depends_on = [google_project_service.apis]
}

resource "google_logging_metric" "distribution" {
  for_each = local.distributions

  name            = "${local.prefix}/${each.key}"
  description     = each.value.says
  filter          = "${local.event_filter}\"${try(each.value.event, each.key)}\""
  value_extractor = "EXTRACT(jsonPayload.${each.value.field})"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = each.value.unit

    dynamic "labels" {
      for_each = each.value.labels
      content {
        key        = labels.value
        value_type = "STRING"
      }
    }
  }

  label_extractors = { for label in each.value.labels : label => "EXTRACT(jsonPayload.${label})" }

  bucket_options {
    exponential_buckets {
      num_finite_buckets = 24
      growth_factor      = 2
      scale              = 1
    }
  }

  depends_on = [google_project_service.apis]
}
