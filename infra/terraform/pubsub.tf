# Topics of infra/topology.json, each with a push subscription and a dead-letter topic; dead letters are pushed, too, so that none is lost.
locals {
  dead_function = local.topology.deadLetters.function
  pubsub_agent  = "serviceAccount:${google_project_service_identity.pubsub.email}"

  # Seconds in a week: what an outage may last before a message is gone. The sweep announces its branch again in any case.
  message_retention = "604800s"
}

resource "google_pubsub_topic" "main" {
  for_each = local.topology.topics

  name = "${local.prefix}-${each.key}"

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }

  depends_on = [google_project_service.apis]
}

resource "google_pubsub_topic" "dead" {
  for_each = local.topology.topics

  name                       = "${local.prefix}-${each.key}${local.topology.deadLetters.suffix}"
  message_retention_duration = local.message_retention

  message_storage_policy {
    allowed_persistence_regions = [var.region]
  }

  depends_on = [google_project_service.apis]
}

resource "google_pubsub_subscription" "main" {
  for_each = local.topology.topics

  name                       = google_pubsub_topic.main[each.key].name
  topic                      = google_pubsub_topic.main[each.key].id
  ack_deadline_seconds       = each.value.ackDeadlineSeconds
  message_retention_duration = local.message_retention

  push_config {
    push_endpoint = "${local.urls[each.value.function]}/"

    oidc_token {
      service_account_email = google_service_account.invoker.email
      audience              = local.urls[each.value.function]
    }
  }

  retry_policy {
    minimum_backoff = "${each.value.minBackoffSeconds}s"
    maximum_backoff = "${each.value.maxBackoffSeconds}s"
  }

  dead_letter_policy {
    dead_letter_topic     = google_pubsub_topic.dead[each.key].id
    max_delivery_attempts = each.value.maxDeliveryAttempts
  }

  # Never: without it a subscription that rests for a month is gone.
  expiration_policy {
    ttl = ""
  }

  depends_on = [google_pubsub_topic_iam_member.agent_publishes_dead, google_service_account_iam_member.pubsub_makes_tokens]
}

resource "google_pubsub_subscription" "dead" {
  for_each = local.topology.topics

  name                       = google_pubsub_topic.dead[each.key].name
  topic                      = google_pubsub_topic.dead[each.key].id
  ack_deadline_seconds       = local.topology.deadLetters.ackDeadlineSeconds
  message_retention_duration = local.message_retention

  push_config {
    push_endpoint = "${local.urls[local.dead_function]}/"

    oidc_token {
      service_account_email = google_service_account.invoker.email
      audience              = local.urls[local.dead_function]
    }
  }

  retry_policy {
    minimum_backoff = "${local.topology.deadLetters.minBackoffSeconds}s"
    maximum_backoff = "${local.topology.deadLetters.maxBackoffSeconds}s"
  }

  expiration_policy {
    ttl = ""
  }

  depends_on = [google_service_account_iam_member.pubsub_makes_tokens]
}

# Pub/Sub itself moves messages to the dead-letter topics and takes them off the subscriptions.
resource "google_pubsub_topic_iam_member" "agent_publishes_dead" {
  for_each = local.topology.topics

  topic  = google_pubsub_topic.dead[each.key].name
  role   = "roles/pubsub.publisher"
  member = local.pubsub_agent
}

resource "google_pubsub_subscription_iam_member" "agent_takes_off" {
  for_each = local.topology.topics

  subscription = google_pubsub_subscription.main[each.key].name
  role         = "roles/pubsub.subscriber"
  member       = local.pubsub_agent
}

resource "google_service_account_iam_member" "pubsub_makes_tokens" {
  service_account_id = google_service_account.invoker.name
  role               = "roles/iam.serviceAccountTokenCreator"
  member             = local.pubsub_agent
}
