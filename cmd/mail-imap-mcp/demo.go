package main

import (
	"context"
	"flag"

	"mail-imap-mcp/internal/demo"
)

// demo plays the guided tour, or serves the made-up mailbox to a real client.
func (c *command) demo(ctx context.Context, args []string) int {
	flags := flag.NewFlagSet("demo", flag.ContinueOnError)
	serve := flags.Bool("serve", false, "")
	if code := c.parse(flags, args); code != exitOK {
		return code
	}
	var err error
	if *serve {
		err = demo.Serve(ctx, c.stdin, c.stdout, c.stderr)
	} else {
		err = demo.Play(ctx, c.stdout, c.stdoutTTY)
	}
	if err != nil && ctx.Err() == nil {
		return c.failed(err)
	}
	return exitOK
}
