// Who is told of writes.
extension TableDefinition {
    static func serviceEndpoint() -> TableDefinition {
        var secret = textColumn("authvalue", 2048)
        secret.isSecret = true
        return TableDefinition(
            "serviceendpoint", "ServiceEndpoint", set: "serviceendpoints", key: "serviceendpointid", name: "name", typeCode: 4618,
            ownership: .organization,
            columns: [
                textColumn("name", 256), textColumn("url", 2000), textColumn("description", 1000),
                ColumnDefinition(
                    "contract", .choice([ChoiceOption(1, "OneWay"), ChoiceOption(2, "Queue"), ChoiceOption(8, "Webhook")])),
                ColumnDefinition(
                    "authtype",
                    .choice([
                        ChoiceOption(4, "WebhookKey"), ChoiceOption(5, "HttpHeader"), ChoiceOption(6, "HttpQueryString"),
                    ])),
                secret,
            ])
    }

    static func processingStep() -> TableDefinition {
        TableDefinition(
            "sdkmessageprocessingstep", "SdkMessageProcessingStep", set: "sdkmessageprocessingsteps",
            key: "sdkmessageprocessingstepid", name: "name", typeCode: 4608, ownership: .organization,
            states: [
                StateDefinition(0, "Enabled", [ChoiceOption(1, "Enabled")]),
                StateDefinition(1, "Disabled", [ChoiceOption(2, "Disabled")]),
            ],
            columns: [
                textColumn("name", 256), textColumn("description", 256), textColumn("configuration", 4000),
                ColumnDefinition(
                    "stage",
                    .choice([
                        ChoiceOption(10, "Pre-validation"), ChoiceOption(20, "Pre-operation"), ChoiceOption(40, "Post-operation"),
                    ])),
                ColumnDefinition("mode", .choice([ChoiceOption(0, "Synchronous"), ChoiceOption(1, "Asynchronous")])),
                ColumnDefinition("rank", .anyInteger),
                ColumnDefinition(
                    "supporteddeployment",
                    .choice([ChoiceOption(0, "Server Only"), ChoiceOption(1, "Outlook Only"), ChoiceOption(2, "Both")])),
                ColumnDefinition("asyncautodelete", .yesNo), textColumn("filteringattributes", 100_000),
                ColumnDefinition("sdkmessageid", .lookup(["sdkmessage"])),
                ColumnDefinition("sdkmessagefilterid", .lookup(["sdkmessagefilter"])),
                ColumnDefinition("eventhandler", .lookup(["serviceendpoint", "plugintype"])),
            ])
    }

    static func asyncOperation() -> TableDefinition {
        TableDefinition(
            "asyncoperation", "AsyncOperation", set: "asyncoperations", key: "asyncoperationid", name: "name", typeCode: 4700,
            states: [
                StateDefinition(0, "Ready", [ChoiceOption(0, "Waiting For Resources")]),
                StateDefinition(3, "Completed", [ChoiceOption(30, "Succeeded"), ChoiceOption(31, "Failed")]),
            ],
            columns: [
                textColumn("name", 400), textColumn("messagename", 160), textColumn("friendlymessage", 4000),
                ColumnDefinition("message", .memo(maxLength: 1_048_576)), ColumnDefinition("errorcode", .anyInteger),
                ColumnDefinition("retrycount", .anyInteger),
            ])
    }
}
