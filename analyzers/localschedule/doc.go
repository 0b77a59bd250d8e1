// Package localschedule finds services that run scheduled jobs themselves.
//
// # Analyzer localschedule
//
// localschedule: replicas of a service do not run the same job
//
// Property: dynamically managed. Severity: warning.
//
// A job that a service schedules for itself runs in each of its replicas, and not
// at all while an instance is being replaced. Mails go out twice, reports are
// missing (Kubernetes documentation, "CronJob"; The Twelve-Factor App,
// "Concurrency").
//
// The rule fails where a serving main adds a job to a scheduler (robfig/cron,
// gocron, quartz and others), or runs a loop around a ticker of ten minutes or more
// that writes rows or files, sends messages or mails, or posts to others. It is
// silent where the program elects a leader or takes a lock that replicas share, and
// for tickers that refresh caches, metrics or health.
//
// Fails:
//
//	c := cron.New()
//	c.AddFunc("0 6 * * *", sendReports)
//	c.Start()
//
// Passes: the job is a command of its own, which the platform starts:
//
//	apiVersion: batch/v1
//	kind: CronJob
//	spec:
//	  schedule: "0 6 * * *"
//	  concurrencyPolicy: Forbid
//
// To mend: move the job to the platform's schedule, or elect a leader
// (k8s.io/client-go/tools/leaderelection), or take a lock in the database.
package localschedule
