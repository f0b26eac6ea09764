return QuickStart.QuickStartCommand.Run(args);
