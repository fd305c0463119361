//go:build !linux

package boltstore

import "errors"

func mountTmpfs(string, int) error { return errors.New("only known for Linux") }

func unmount(string) error { return nil }
