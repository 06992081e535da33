"""The addresses of studies: what is asked of whom, the letter about it, and how many have answered."""

from django.urls import path

from evaluation.views import information, studies, study_criteria

urlpatterns = [
    path("min/undersokelse/<slug:study>/", information.information, name="information"),
    path("min/undersokelse/<slug:study>/trekk/", information.withdraw, name="withdraw_consent"),
    path("prosjekt/svar/", study_criteria.boards_of, name="boards"),
    path("prosjekt/studier/", studies.studies, name="studies"),
    path("prosjekt/studier/ny/", studies.new_study, name="new_study"),
    path("prosjekt/studier/<slug:study>/", studies.study, name="study"),
    path("prosjekt/studier/<slug:study>/endre/", studies.edit_study, name="edit_study"),
    path("prosjekt/studier/<slug:study>/standard/", studies.set_up, name="standard_set_up"),
    path("prosjekt/studier/<slug:study>/brev/", studies.letter, name="letter"),
    path("prosjekt/studier/<slug:study>/maling/", studies.new_wave, name="new_wave"),
    path("prosjekt/studier/<slug:study>/maling/<int:wave_id>/", studies.edit_wave, name="edit_wave"),
    path("prosjekt/studier/<slug:study>/maling/<int:wave_id>/bort/", studies.remove_wave, name="remove_wave"),
    path("prosjekt/studier/<slug:study>/kriterier/", study_criteria.criteria, name="criteria"),
    path("prosjekt/studier/<slug:study>/kriterier/las/", study_criteria.lock, name="lock_criteria"),
    path("prosjekt/studier/<slug:study>/svar/", study_criteria.board, name="board"),
]
