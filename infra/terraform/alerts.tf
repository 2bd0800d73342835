# What somebody should look at, and what to do then: each alert's text says it. Nobody is woken for what the sweep mends by itself.
locals {
  guide = "docs/guides/deploy.md and docs/guides/observability.md of the repository tell more."

  log_metric   = "resource.type = \"cloud_run_revision\" AND metric.type = \"logging.googleapis.com/user/${local.prefix}"
  public_names = [for name, function in local.topology.functions : local.names[name] if function.public]
  service_5xx  = "resource.type = \"cloud_run_revision\" AND metric.type = \"run.googleapis.com/request_count\" AND resource.labels.service_name = monitoring.regex.full_match(\"(%s)\")"

  # One condition each: above `threshold` for `duration`, summed over everything, or by the labels in `by`.
  thresholds = {
    dead-letters = {
      title     = "dead letters were written"
      filter    = "${local.log_metric}/dead-letter\""
      aligner   = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.reason"]
      window    = "300s", duration = "0s", threshold = 0, severity = "ERROR"
      documents = "A step killed its worker again and again, or a message could not be delivered. List them (GET /v1/dead-letters), mend the cause, then redrive or discard them."
    }
    dead-letter-backlog = {
      title     = "dead-letter messages are not taken"
      filter    = "resource.type = \"pubsub_subscription\" AND metric.type = \"pubsub.googleapis.com/subscription/num_undelivered_messages\" AND resource.labels.subscription_id = monitoring.regex.full_match(\"${local.prefix}-.*${local.topology.deadLetters.suffix}\")"
      aligner   = "ALIGN_MEAN", reducer = "REDUCE_SUM", by = ["resource.label.subscription_id"]
      window    = "60s", duration = "900s", threshold = 0, severity = "ERROR"
      documents = "The function dead-letter fails or is not reached: its logs say why. Nothing is lost for seven days."
    }
    oldest-message = {
      title     = "messages wait for a worker"
      filter    = "resource.type = \"pubsub_subscription\" AND metric.type = \"pubsub.googleapis.com/subscription/oldest_unacked_message_age\" AND resource.labels.subscription_id = monitoring.regex.full_match(\"(${join("|", [for topic in keys(local.topology.topics) : "${local.prefix}-${topic}"])})\")"
      aligner   = "ALIGN_MAX", reducer = "REDUCE_MAX", by = ["resource.label.subscription_id"]
      window    = "60s", duration = "600s", threshold = 900, severity = "WARNING"
      documents = "A message is older than 15 minutes. Either the workers are at max instances (raise it in tfvars) or they refuse (5xx in their logs). Steps that run long hold their message and are no fault."
    }
    sweep-rescues = {
      title     = "the sweep rescues many branches"
      filter    = "${local.log_metric}/sweep-done\""
      aligner   = "ALIGN_DELTA", reducer = "REDUCE_COUNT", by = []
      window    = "3600s", duration = "0s", threshold = 30, severity = "WARNING"
      documents = "In more than half of the last hour's rounds the sweep found branches that nobody had announced or taken. Messages or wake-ups get lost, or workers die: look at hint-failed and branch-taken-over."
    }
    server-errors = {
      title       = "more than 5 % of requests fail"
      filter      = "${format(local.service_5xx, join("|", local.public_names))} AND metric.labels.response_code_class = \"5xx\""
      denominator = format(local.service_5xx, join("|", local.public_names))
      aligner     = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["resource.label.service_name"]
      window      = "300s", duration = "300s", threshold = 0.05, severity = "CRITICAL"
      documents   = "API or webhooks answer 5xx. If a deployment is under way it is rolled back by itself; else node infra/deploy/main.ts rollback."
    }
    function-errors = {
      title     = "workers refuse what they are sent"
      filter    = "${format(local.service_5xx, join("|", [for name, function in local.topology.functions : local.names[name] if !function.public]))} AND metric.labels.response_code_class = \"5xx\""
      aligner   = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["resource.label.service_name"]
      window    = "300s", duration = "600s", threshold = 20, severity = "WARNING"
      documents = "Pub/Sub, Cloud Tasks or Cloud Scheduler get 5xx from a function and try again. Error Reporting groups the causes."
    }
    firestore-latency = {
      title     = "Firestore is slow"
      filter    = "resource.type = \"firestore.googleapis.com/Database\" AND metric.type = \"firestore.googleapis.com/api/request_latencies\" AND metric.labels.api_method = monitoring.regex.full_match(\".*(Commit|BatchGetDocuments|RunQuery)\")"
      aligner   = "ALIGN_PERCENTILE_95", reducer = "REDUCE_MAX", by = ["metric.label.api_method"]
      window    = "300s", duration = "900s", threshold = 1000, severity = "WARNING"
      documents = "95 % of calls take more than a second. Steps wait for their commits; look for a hot document in Key Visualizer and at Google's status page."
    }
    lost-schedules = {
      title     = "schedules do not start"
      filter    = "${local.log_metric}/schedule-not-started\""
      aligner   = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = []
      window    = "300s", duration = "0s", threshold = 0, severity = "ERROR"
      documents = "A due schedule could not start its execution; the log line names the workflow and the reason."
    }
  }
}

resource "google_monitoring_notification_channel" "email" {
  for_each = toset(var.alert_emails)

  display_name = "AutomateOS: ${each.key}"
  type         = "email"
  labels       = { email_address = each.key }

  depends_on = [google_project_service.apis]
}

resource "google_monitoring_alert_policy" "threshold" {
  for_each = local.thresholds

  display_name          = "AutomateOS ${var.environment}: ${each.value.title}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = values(google_monitoring_notification_channel.email)[*].id
  user_labels           = local.labels

  conditions {
    display_name = each.value.title

    condition_threshold {
      filter             = each.value.filter
      denominator_filter = try(each.value.denominator, null)
      comparison         = "COMPARISON_GT"
      threshold_value    = each.value.threshold
      duration           = each.value.duration

      aggregations {
        alignment_period     = each.value.window
        per_series_aligner   = each.value.aligner
        cross_series_reducer = each.value.reducer
        group_by_fields      = each.value.by
      }

      dynamic "denominator_aggregations" {
        for_each = can(each.value.denominator) ? [1] : []
        content {
          alignment_period     = each.value.window
          per_series_aligner   = each.value.aligner
          cross_series_reducer = each.value.reducer
          group_by_fields      = each.value.by
        }
      }
    }
  }

  documentation {
    content   = "${each.value.documents}\n\n${local.guide}"
    mime_type = "text/markdown"
  }

  alert_strategy {
    auto_close = "86400s"
  }

  depends_on = [google_logging_metric.counter, google_logging_metric.distribution]
}

# Nobody sweeps: then lost messages are lost until somebody does.
resource "google_monitoring_alert_policy" "no_sweep" {
  display_name          = "AutomateOS ${var.environment}: the sweep does not run"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = values(google_monitoring_notification_channel.email)[*].id
  user_labels           = local.labels
  enabled               = var.image_tag != ""

  conditions {
    display_name = "no request answered by the function sweep for 10 minutes"

    condition_absent {
      filter   = "${format(local.service_5xx, local.names["sweep"])} AND metric.labels.response_code_class = \"2xx\""
      duration = "600s"

      aggregations {
        alignment_period     = "60s"
        per_series_aligner   = "ALIGN_DELTA"
        cross_series_reducer = "REDUCE_SUM"
      }
    }
  }

  documentation {
    content   = "Cloud Scheduler's job ${local.prefix}-sweep calls the function each minute. Is the job paused? What do its logs and those of the function say?\n\n${local.guide}"
    mime_type = "text/markdown"
  }

  depends_on = [google_project_service.apis]
}

resource "google_monitoring_uptime_check_config" "api" {
  count = var.image_tag == "" ? 0 : 1

  display_name = "AutomateOS ${var.environment}"
  timeout      = "10s"
  period       = "300s"

  http_check {
    path         = "/healthz"
    port         = 443
    use_ssl      = true
    validate_ssl = true
  }

  monitored_resource {
    type = "uptime_url"
    labels = {
      project_id = var.project_id
      host       = trimprefix(local.public_url, "https://")
    }
  }
}

resource "google_monitoring_alert_policy" "down" {
  count = var.image_tag == "" ? 0 : 1

  display_name          = "AutomateOS ${var.environment}: not reached from outside"
  combiner              = "OR"
  severity              = "CRITICAL"
  notification_channels = values(google_monitoring_notification_channel.email)[*].id
  user_labels           = local.labels

  conditions {
    display_name = "/healthz fails from two places"

    condition_threshold {
      filter          = "resource.type = \"uptime_url\" AND metric.type = \"monitoring.googleapis.com/uptime_check/check_passed\" AND metric.labels.check_id = \"${google_monitoring_uptime_check_config.api[0].uptime_check_id}\""
      comparison      = "COMPARISON_GT"
      threshold_value = 1
      duration        = "300s"

      aggregations {
        alignment_period     = "300s"
        per_series_aligner   = "ALIGN_NEXT_OLDER"
        cross_series_reducer = "REDUCE_COUNT_FALSE"
        group_by_fields      = ["resource.label.host"]
      }
    }
  }

  documentation {
    content   = "${local.public_url}/healthz does not answer 200. Hosting, the function api, or the address itself.\n\n${local.guide}"
    mime_type = "text/markdown"
  }
}
