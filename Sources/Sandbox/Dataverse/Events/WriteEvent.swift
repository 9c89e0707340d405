/// A write somebody may have asked to be told of.
struct WriteEvent {
    enum Message: String {
        case create = "Create", update = "Update", delete = "Delete", associate = "Associate", disassociate = "Disassociate"
    }

    /// The other row of an association, and what it is called.
    struct Relation {
        var name: String
        var other: Reference
    }

    var message: Message
    var row: Reference
    /// What was written, in the order it was written; nothing of a deletion.
    var values: [(column: Int, value: CellValue)]
    /// The user the write counts for, and the one that signed in.
    var user: Guid
    var initiator: Guid
    /// Seconds since 1970.
    var at: Int64
    /// Of associations alone.
    var relation: Relation?
}

extension WriteContext {
    /// Notes a write for the steps that listen to it.
    func tell(_ message: WriteEvent.Message, _ table: TableDefinition, _ id: Guid, _ values: [(column: Int, value: CellValue)]) {
        guard store.tellsWrites else { return }
        store.note(
            WriteEvent(
                message: message, row: reference(table, id), values: values, user: caller, initiator: actor ?? caller, at: now))
    }

    /// Notes that two rows were joined or parted. Such a message is of no table in particular.
    func tell(_ message: WriteEvent.Message, _ row: Reference, _ relation: WriteEvent.Relation) {
        guard store.tellsWrites else { return }
        store.note(
            WriteEvent(
                message: message, row: row, values: [], user: caller, initiator: actor ?? caller, at: now, relation: relation))
    }

    /// Everything a new row was created with.
    func tellCreation(_ table: TableDefinition, _ id: Guid, _ values: [CellValue]) {
        guard store.tellsWrites else { return }
        tell(.create, table, id, values.enumerated().filter { !$0.element.isNull }.map { ($0.offset, $0.element) })
    }
}
