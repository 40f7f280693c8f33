package io.trd4j.learn;

import io.trd4j.model.LearningHistory.Gate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The change that learning made as JSON has it (src/docs/files.md). */
public final class LearnReport {
    private LearnReport() {}

    /** Maps, lists, texts and numbers, in the order of the file. */
    public static Map<String, Object> of(LearnRun.Result result) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("accepted", result.accepted());
        json.put("refused", result.refused());
        json.put("student_steps", result.steps());
        json.put("limits_before", result.before().thresholds().values());
        json.put("limits_after", result.after().thresholds().values());
        Gate gate = result.gate();
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("normal", gate.normal());
        counts.put("ok_before", gate.okBefore());
        counts.put("ok_after", gate.okAfter());
        counts.put("defects", gate.defects());
        counts.put("found_before", gate.foundBefore());
        counts.put("found_after", gate.foundAfter());
        json.put("gate", counts);
        List<Map<String, Object>> parts = new ArrayList<>();
        for (JudgedPart part : result.parts()) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("id", part.id());
            one.put("role", part.role().key());
            one.put("score_before", part.scoreBefore());
            one.put("score_after", part.scoreAfter());
            one.put("verdict_before", part.verdictBefore().name());
            one.put("verdict_after", part.verdictAfter().name());
            one.put("learnt", part.learnt());
            one.put("sets_limits", part.sets());
            parts.add(one);
        }
        json.put("parts", parts);
        json.put("notes", result.notes());
        return json;
    }
}
