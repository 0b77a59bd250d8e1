// Package dotenvfatal finds programs that end where there is no .env file.
//
// # Analyzer dotenvfatal
//
// dotenvfatal: a service starts without a .env file
//
// Property: container packaged. Severity: error.
//
// A .env file holds a developer's variables. It is kept out of repositories and
// images, for it holds secrets, and the platform sets the variables instead (The
// Twelve-Factor App, "Config"). A program that ends where the file is missing runs
// on the developer's machine and never in a container.
//
// The rule fails where a serving main loads such a file, with godotenv for
// instance, and log.Fatal, panic or os.Exit follows when that fails. It is silent
// where the error is ignored or only logged, and where the load stands under a
// condition.
//
// Fails:
//
//	if err := godotenv.Load(); err != nil {
//		log.Fatal("no .env file")
//	}
//
// Passes:
//
//	if err := godotenv.Load(); err != nil && !errors.Is(err, fs.ErrNotExist) {
//		log.Fatal(err)
//	}
//
// To mend: go on without the file, and end only where a variable that is needed is
// not set.
package dotenvfatal
