return WebDemo.WebDemoCommand.Run(args);
