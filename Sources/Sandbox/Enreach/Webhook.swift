import Foundation

/// A notification on its way to the address that was set.
struct Webhook: Sendable {
    var id: UUID
    var event: String
    /// What keeps its order: the user or the queue.
    var entity: UUID
    var body: [UInt8]
    /// The request that it tells of the first time.
    var newCallback: UUID?

    /// The notification that a call ended. nil for events that belong to nobody.
    static func callEnded(
        _ event: CallEventRecord, id: UUID, organization: UUID, queue: EnreachQueueRecord?
    ) -> Webhook? {
        guard let entity = queue?.id ?? event.userID else { return nil }
        let name: String
        if queue != nil {
            name = "QueueCallInCompleted"
        } else {
            name = event.inbound ? "UserCallInDisconnected" : "UserCallOutDisconnected"
        }
        var json = JSONBytes(capacity: 700)
        json.object { json in
            json.key("Id")
            json.value(id)
            json.key("Timestamp")
            json.value(event.modified, .iso)
            json.key("RootEntityType")
            json.value("Organization")
            json.key("RootEntityId")
            json.value(organization)
            json.key("EntityType")
            json.value(queue == nil ? "User" : "Queue")
            json.key("EntityId")
            json.value(entity)
            json.key("EventType")
            json.value(name)
            json.key("CallId")
            json.value(event.callID)
            if let queue {
                json.key("QueueId")
                json.value(queue.id)
                json.key("QueueName")
                json.value(queue.name)
                json.key("QueueNumber")
                json.value(queue.numbers.first)
            }
            json.key("UserId")
            json.value(event.userID)
            json.key("Username")
            json.value(event.userName)
            json.key("CallerNumber")
            json.value(event.aNumber)
            json.key("TargetNumber")
            json.value(event.bNumber)
            json.key("OrganizationId")
            json.value(organization)
            json.key("Duration")
            json.value(event.duration)
            json.key("Result")
            json.value(event.answered ? "Answered" : "NotAnswered")
        }
        return Webhook(id: id, event: name, entity: entity, body: json.bytes)
    }

    /// The notification that something happened to a callback request.
    static func callback(
        _ callback: CallbackRecord, _ event: CallbackEvent, id: UUID, organization: UUID, names: EnreachCallbackNames
    ) -> Webhook {
        var json = JSONBytes(capacity: 1000)
        json.object { json in
            json.key("Id")
            json.value(id)
            json.key("Timestamp")
            json.value(callback.modified, .iso)
            json.key("RootEntityType")
            json.value("Organization")
            json.key("RootEntityId")
            json.value(organization)
            json.key("EntityType")
            json.value("CallList")
            json.key("EntityId")
            json.value(callback.listID)
            json.key("EventType")
            json.value(event.rawValue)
            CallbackWriter(names: names, form: .iso).members(callback, &json, id: "CallbackListItemId")
        }
        return Webhook(
            id: id, event: event.rawValue, entity: callback.listID, body: json.bytes,
            newCallback: event == .created ? callback.id : nil)
    }
}
