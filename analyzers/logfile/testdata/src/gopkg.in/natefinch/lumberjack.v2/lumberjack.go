// Package lumberjack stands for gopkg.in/natefinch/lumberjack.v2.
package lumberjack

type Logger struct {
	Filename string
	MaxSize  int
}

func (l *Logger) Write(p []byte) (int, error) { return len(p), nil }
