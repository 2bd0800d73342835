# A place to try things: nothing stays warm, everything can be deleted again.
environment            = "dev"
region                 = "europe-west1"
point_in_time_recovery = false
daily_backups_days     = 0
deletion_protection    = false
monthly_budget         = { units = 10, currency = "USD" }

instances = {
  api          = { max = 3 }
  webhook      = { max = 3 }
  worker       = { max = 5 }
  ai-worker    = { max = 2 }
  heavy-worker = { max = 1 }
}

settings = {
  AUTOMATEOS_LOG_LEVEL      = "debug"
  AUTOMATEOS_RETENTION_DAYS = "7"
}
