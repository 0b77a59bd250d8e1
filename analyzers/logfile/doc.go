// Package logfile finds services that log to a file.
//
// # Analyzer logfile
//
// logfile: a service logs to stdout or stderr
//
// Property: container packaged. Severity: warning.
//
// Platforms collect what a container writes to stdout and stderr, and nothing else
// (Kubernetes documentation, "Logging Architecture"; The Twelve-Factor App,
// "Logs"). A log file in the container is read by nobody, fills the node's disk,
// and is gone with the instance.
//
// The rule fails where a serving main sends its log to a file by default: through
// lumberjack, timberjack or rotatelogs, by SetOutput or a handler of log, slog,
// logrus, zap, zerolog and others, or by writing to a file that is named like a
// log. It is silent where the log goes to stdout or stderr too, for /dev/stdout,
// and where the file is written only when configuration asks for it.
//
// Fails:
//
//	log.SetOutput(&lumberjack.Logger{Filename: "/var/log/orders.log"})
//
// Passes:
//
//	log.SetOutput(os.Stdout)
//	if file := os.Getenv("LOG_FILE"); file != "" {
//		log.SetOutput(&lumberjack.Logger{Filename: file})
//	}
//
// To mend: leave the logger at stdout or stderr, and make the file an option that
// is off.
package logfile
