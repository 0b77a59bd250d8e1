// Package cron stands for github.com/robfig/cron/v3.
package cron

type (
	Cron    struct{}
	EntryID int
)

func New() *Cron                                             { return nil }
func (*Cron) AddFunc(spec string, f func()) (EntryID, error) { return 0, nil }
func (*Cron) Start()                                         {}
