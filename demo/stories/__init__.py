"""Thirty lives of real scenes, one file a city.

Scenes and departments are those of the policy texts. Applications, bidders, people and what happens are invented.
"""
