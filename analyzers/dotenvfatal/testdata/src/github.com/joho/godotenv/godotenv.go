// Package godotenv stands for github.com/joho/godotenv.
package godotenv

func Load(filenames ...string) error                      { return nil }
func Read(filenames ...string) (map[string]string, error) { return nil, nil }
