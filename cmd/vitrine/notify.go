package main

import (
	"fmt"
	"net"
)

// notifySupervisor tells the service manager that started this process how it is, as
// sd_notify(3) has it; under none it does nothing.
func (a *app) notifySupervisor(state string) error {
	socket := a.env("NOTIFY_SOCKET")
	if socket == "" {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("NOTIFY_SOCKET: %w", err)
	}
	defer func() { _ = conn.Close() }() // a datagram is sent or refused by then
	if _, err := conn.Write([]byte(state)); err != nil {
		return fmt.Errorf("NOTIFY_SOCKET: %w", err)
	}
	return nil
}
