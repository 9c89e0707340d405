import Foundation

/// A callback request as JSON, under the assumed names.
struct CallbackWriter {
    var names: EnreachCallbackNames
    var form: JSONBytes.TimeForm

    func write(_ callback: CallbackRecord, _ json: inout JSONBytes) {
        json.object { json in members(callback, &json) }
    }

    /// The members alone, to stand among others.
    func members(_ callback: CallbackRecord, _ json: inout JSONBytes, id: String? = nil) {
        json.key(id ?? names.id)
        json.value(callback.id)
        json.key(names.list)
        json.value(callback.listID)
        json.key(names.listName)
        json.value(callback.listName)
        json.key("CallId")
        json.value(callback.callID)
        json.key(names.number)
        json.value(callback.number)
        json.key("BNum")
        json.value(callback.calledNumber)
        json.key("QueueId")
        json.value(callback.queueID)
        json.key("QueueName")
        json.value(callback.queueName)
        json.key(names.created)
        json.value(callback.created, form)
        json.key("Modified")
        json.value(callback.modified, form)
        json.key(names.due)
        json.value(callback.due, form)
        json.key(names.expires)
        json.value(callback.expires, form)
        json.key(names.closed)
        json.value(callback.closed, form)
        json.key(names.state)
        json.value(callback.state.rawValue)
        json.key(names.result)
        json.value(callback.result)
        json.key("AssignedUserId")
        json.value(callback.assignedUserID)
        json.key("RequestTypeId")
        json.value(callback.requestTypeID)
        json.key("RecordingIds")
        json.values(callback.recordingIDs)
        json.key(names.note)
        json.value(callback.note)
        json.key("Data")
        json.object { json in
            for (name, value) in callback.data.sorted(by: { $0.key < $1.key }) {
                json.key(name)
                json.value(value)
            }
        }
    }
}
