/// One webhook on its way.
struct EventDelivery: Sendable {
    var step: String
    var url: String
    var headers: [(name: String, value: String)]
    var body: [UInt8]
    var message: String
    var table: String
    /// Deliveries about one row keep their order.
    var row: Guid
    var keepsJob: Bool
}

/// What can go wrong with a webhook, decided from outside.
public enum DataverseWebhookFault: Sendable {
    case lose
    case duplicate
    /// Simulated seconds.
    case delay(Double)
}

/// Asked once for each webhook, by message and table (`Update/contact`); nil lets it pass.
public typealias DataverseWebhookFaultDecision = @Sendable (String) -> DataverseWebhookFault?

extension Environment {
    /// The webhooks of what was written since the last call.
    mutating func takeDeliveries(organization: String) -> [EventDelivery] {
        let events = store.takeEvents()
        guard !events.isEmpty else { return [] }
        let steps = store.webhookSteps()
        guard !steps.isEmpty else { return [] }
        var deliveries: [EventDelivery] = []
        for event in events {
            for step in steps where step.listens(to: event, store.schema) {
                deliveries.append(delivery(of: event, step, organization))
            }
        }
        return deliveries
    }

    private func delivery(of event: WriteEvent, _ step: WebhookStep, _ organization: String) -> EventDelivery {
        let writer = ExecutionContextWriter(
            store: store, organization: organization, correlation: store.random.guid(), operation: store.random.guid())
        let (body, isCut) = writer.body(event)
        let table = event.relation == nil ? store.schema[event.row.table].logicalName : "none"
        var headers = step.headers
        headers += [
            ("x-ms-dynamics-organization", "demo.crm4.dynamics.com"), ("x-ms-dynamics-entity-name", table),
            ("x-ms-dynamics-request-name", event.message.rawValue),
            ("x-ms-correlation-request-id", writer.correlation.description),
        ]
        if isCut { headers.append(("x-ms-dynamics-msg-size-exceeded", "true")) }
        return EventDelivery(
            step: step.name, url: step.url, headers: headers, body: body, message: event.message.rawValue, table: table,
            row: event.row.id, keepsJob: !step.deletesJob)
    }
}
