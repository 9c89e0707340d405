import Model

extension SolutionDefinition {
    static func userColumns(_ columns: Settings.Columns) -> [SolutionPart] {
        [
            .column(
                "systemuser", columns.personEnreachID, "Enreach User Id", .text(length: 100),
                "Id of the user in Enreach Cloud; filled by Trunkline."),
            .column(
                "systemuser", columns.personEnreachEmail, "Enreach User Email", .text(length: 320, format: .email),
                "E-mail address in Enreach, only where it differs from the one in Dynamics."),
        ].compactMap(\.self)
    }

    static func phoneCallColumns(_ columns: Settings.Columns) -> [SolutionPart] {
        let phoneCall = "phonecall"
        var parts: [SolutionPart?] = [
            .column(phoneCall, columns.callID, "Enreach Call Id", .text(length: 100), "Id of the call in Enreach."),
            .column(
                phoneCall, columns.callbackID, "Enreach Callback Id", .text(length: 100), "Id of the callback request in Enreach."
            ),
            .column(phoneCall, columns.userID, "Enreach User Id", .text(length: 100), "Enreach user who had the call."),
            .column(phoneCall, columns.queueName, "Queue Name", .text(length: 200), "Queue the call came through in Enreach."),
            .column(
                phoneCall, columns.durationSeconds, "Duration (seconds)", .whole(0...2_147_483_647), "Length of the talk."),
            .column(
                phoneCall, columns.recordingURL, "Recording Address", .text(length: 2000, format: .url),
                "Where the recording is found."),
            .column(phoneCall, columns.transcriptID, "Transcript Id", .text(length: 200), "Id of the transcript in Enreach."),
            .column(phoneCall, columns.withdrawn, "Withdrawn", .flag, "The call is no longer classed as work in Enreach."),
        ]
        if !columns.bundle.isEmpty {
            parts.append(
                .lookup(
                    .init(
                        table: phoneCall, name: columns.bundle, label: "Bundled With", target: phoneCall,
                        description: "Another open callback of the same number.")))
        }
        return parts.compactMap(\.self)
    }
}

extension SolutionPart {
    /// Nil for a name that is switched off.
    static func column(_ table: String, _ name: String, _ label: String, _ type: ColumnType, _ description: String)
        -> SolutionPart?
    {
        name.isEmpty ? nil : .column(.init(table: table, name: name, label: label, type: type, description: description))
    }
}
