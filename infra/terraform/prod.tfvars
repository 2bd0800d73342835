# One region, everything recoverable, one warm instance for those who wait for an answer.
environment            = "prod"
region                 = "europe-west1"
point_in_time_recovery = true
daily_backups_days     = 30
deletion_protection    = true
monthly_budget         = { units = 200, currency = "USD" }

instances = {
  api     = { min = 1 }
  webhook = { min = 1 }
}

settings = {
  AUTOMATEOS_LOG_LEVEL      = "info"
  AUTOMATEOS_RETENTION_DAYS = "30"
}
