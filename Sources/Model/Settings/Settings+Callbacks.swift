extension Settings {
    static let callbackSync: [SettingDefinition] = [
        template(
            "CallbackSubject", .callbackSync, \.callbackSubject,
            "Subject of phone calls of callback requests whose profile gives none. Placeholders as in SubjectTemplate."),
        template(
            "CallbackDescription", .callbackSync, \.callbackDescription,
            "Description of such phone calls; the request's own note follows. Placeholders as in SubjectTemplate."),
        SettingDefinition(
            name: "CallbackModel", group: .callbackSync, kind: .choice(CallbackModel.allCases.map(\.rawValue)),
            defaultValue: CallbackModel.simple.rawValue,
            meaning:
                "simple: a request is closed in Enreach as soon as its phone call stands; two-way: it stays open there, and whichever side ends it, the other follows.",
            isGuides: false
        ) { value, settings in
            if case .text(let model) = value { settings.callbackModel = CallbackModel(rawValue: model) ?? .simple }
        },
        int(
            "CallbackPollInterval", .callbackSync, 1...3600, \.callbackPollInterval,
            "Seconds from one poll of the callback lists to the next."),
        int(
            "CallbackRetention", .callbackSync, 1...240, \.callbackRetention,
            "Months after which callback requests are forgotten by the hub."),
    ]
}
