# One page: is it well, how much does it do, what does it cost. Two columns of charts; a chart is a title, a filter and how to sum.
locals {
  run = "resource.type=\"cloud_run_revision\" metric.type=\"run.googleapis.com"
  log = "resource.type=\"cloud_run_revision\" metric.type=\"logging.googleapis.com/user/${local.prefix}"

  charts = [
    { title = "Executions started, by trigger", filter = "${local.log}/execution-started\"", aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["metric.label.trigger"] },
    { title = "Executions finished, by status", filter = "${local.log}/execution-finished\"", aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["metric.label.status"] },
    { title = "Duration of executions, 95 %", filter = "${local.log}/execution-duration\"", aligner = "ALIGN_PERCENTILE_95", reducer = "REDUCE_MAX", by = ["metric.label.status"] },
    { title = "Dead letters, by reason", filter = "${local.log}/dead-letter\"", aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = ["metric.label.reason"] },
    { title = "Rounds of the sweep that rescued branches", filter = "${local.log}/sweep-done\"", aligner = "ALIGN_DELTA", reducer = "REDUCE_COUNT", by = [] },
    { title = "Branches taken over from workers that were gone", filter = "${local.log}/branch-taken-over\"", aligner = "ALIGN_DELTA", reducer = "REDUCE_SUM", by = [] },
    { title = "Requests, by function", filter = "${local.run}/request_count\"", aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["resource.label.service_name"] },
    { title = "Answers 5xx, by function", filter = "${local.run}/request_count\" metric.label.response_code_class=\"5xx\"", aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["resource.label.service_name"] },
    { title = "Latency of requests, 95 %, by function", filter = "${local.run}/request_latencies\"", aligner = "ALIGN_PERCENTILE_95", reducer = "REDUCE_MAX", by = ["resource.label.service_name"] },
    { title = "Cold starts, 95 %, by function", filter = "${local.log}/cold-start\"", aligner = "ALIGN_PERCENTILE_95", reducer = "REDUCE_MAX", by = ["metric.label.function"] },
    { title = "Instances, by function", filter = "${local.run}/container/instance_count\"", aligner = "ALIGN_MAX", reducer = "REDUCE_SUM", by = ["resource.label.service_name"] },
    { title = "Billed instance time, by function", filter = "${local.run}/container/billable_instance_time\"", aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["resource.label.service_name"] },
    { title = "Oldest message, by subscription", filter = "resource.type=\"pubsub_subscription\" metric.type=\"pubsub.googleapis.com/subscription/oldest_unacked_message_age\"", aligner = "ALIGN_MAX", reducer = "REDUCE_MAX", by = ["resource.label.subscription_id"] },
    { title = "Wake-ups that wait in Cloud Tasks", filter = "resource.type=\"cloud_tasks_queue\" metric.type=\"cloudtasks.googleapis.com/queue/depth\"", aligner = "ALIGN_MEAN", reducer = "REDUCE_SUM", by = ["resource.label.queue_id"] },
    { title = "Documents written", filter = "resource.type=\"firestore_instance\" metric.type=\"firestore.googleapis.com/document/write_count\"", aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["metric.label.op"] },
    { title = "Documents read", filter = "resource.type=\"firestore_instance\" metric.type=\"firestore.googleapis.com/document/read_count\"", aligner = "ALIGN_RATE", reducer = "REDUCE_SUM", by = ["metric.label.type"] },
  ]

  columns      = 2
  chart_width  = 24
  chart_height = 16
}

resource "google_monitoring_dashboard" "main" {
  dashboard_json = jsonencode({
    displayName = "AutomateOS ${var.environment}"
    mosaicLayout = {
      columns = local.columns * local.chart_width
      tiles = [
        for at, chart in local.charts : {
          xPos   = (at % local.columns) * local.chart_width
          yPos   = floor(at / local.columns) * local.chart_height
          width  = local.chart_width
          height = local.chart_height
          widget = {
            title = chart.title
            xyChart = {
              dataSets = [{
                plotType = "LINE"
                timeSeriesQuery = {
                  timeSeriesFilter = {
                    filter = chart.filter
                    aggregation = {
                      alignmentPeriod    = "60s"
                      perSeriesAligner   = chart.aligner
                      crossSeriesReducer = chart.reducer
                      groupByFields      = chart.by
                    }
                  }
                }
              }]
            }
          }
        }
      ]
    }
  })

  depends_on = [google_logging_metric.counter, google_logging_metric.distribution]
}
